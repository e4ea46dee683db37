package io.marquetry.bus;

import java.time.Duration;

/**
 * An address that answers: question, answer and the deadline its owner promises.
 *
 * @param address {@code <owner>.<qry|cmd>.<name>}; an owned address carries the owner's number
 *     behind it
 * @param question what is asked
 * @param answer what comes back
 * @param timeout how long the asker waits before the answer counts as not given
 */
public record Ask<Q extends BusMessage, A extends BusMessage>(
    String address, Class<Q> question, Class<A> answer, Duration timeout) {

  /** The same question, put to the instance that owns a shard. */
  public Ask<Q, A> to(int owner) {
    return new Ask<>(address + "." + owner, question, answer, timeout);
  }
}
