package io.marquetry.identity.core;

/**
 * How much may lead to one profile before it is no longer one visitor's.
 *
 * @param devicesADay profiles that may go up in another within a day
 * @param devicesAMonth within thirty days
 * @param people who may use one device
 */
public record Limits(int devicesADay, int devicesAMonth, int people) {
  /** Generous to a household, and far below a shop's till or a mailbox that a company shares. */
  public static final Limits DEFAULT = new Limits(10, 20, 5);

  /** Most identifiers of one profile, whatever else is allowed. */
  public static final int MAX_IDENTIFIERS = 200;
}
