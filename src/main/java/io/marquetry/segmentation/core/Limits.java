package io.marquetry.segmentation.core;

import java.time.Duration;

/**
 * What bounds an owner's profiles.
 *
 * @param sessionTimeout how long a pause ends a visit
 * @param maxProfiles how many are kept in memory; the others wait in the database
 */
public record Limits(Duration sessionTimeout, int maxProfiles) {
  /** Half an hour and a million. */
  public static final Limits DEFAULT = new Limits(Duration.ofMinutes(30), 1_000_000);

  long timeoutMillis() {
    return sessionTimeout.toMillis();
  }
}
