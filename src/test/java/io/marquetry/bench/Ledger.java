package io.marquetry.bench;

import io.marquetry.bench.Order.Outcome;

/**
 * What was sent to a server in all, warm-ups included, so that it can be held against its log.
 *
 * <p>What is acknowledged must be in the log. What is not may be there all the same: a server that
 * gives up on its database after some seconds tells the sender so, and the commit may happen yet.
 */
final class Ledger {
  private long acknowledged;
  private long unanswered;
  private String fault = "";

  /**
   * @param events how many each request carries
   */
  void add(Outcome outcome, int events) {
    acknowledged += outcome.answered() * events;
    unanswered += outcome.bad() * events;
    fault = fault.isEmpty() ? outcome.fault() : fault;
  }

  /** Events for which somebody was told that they are taken. */
  long acknowledged() {
    return acknowledged;
  }

  /**
   * Notes in a row what the log holds, and fails it where that is less than was acknowledged or
   * more than was sent.
   *
   * @param logged how many events were added to the log meanwhile
   */
  Row check(Row row, long logged) {
    row.note("%,d events acknowledged, %,d in the log", acknowledged, logged)
        .figure("acknowledged", acknowledged)
        .figure("logged", logged);
    if (unanswered > 0) {
      row.note("%,d more were sent and not acknowledged: %s", unanswered, fault)
          .figure("unanswered", unanswered);
    }
    if (logged < acknowledged) {
      return row.failed(Row.text("%,d acknowledged events are lost", acknowledged - logged));
    }
    long most = acknowledged + unanswered;
    return logged > most
        ? row.failed(Row.text("the log holds %,d events that nobody sent", logged - most))
        : row;
  }
}
