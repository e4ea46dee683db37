package io.marquetry.replay;

/**
 * When each event is due, in nanoseconds from the start: no sooner than its turn at the given rate,
 * and no sooner than in the log, whose time may pass faster. What is due within a twentieth of a
 * second is due together, so that it goes in one beacon.
 */
final class Pace {
  private static final long TICK_NANOS = 50_000_000;

  private final double rate;
  private final double speed;
  private final long first;

  /**
   * @param rate most events a second, 0 for no limit
   * @param speed how much faster time passes than in the log, 0 for no limit
   * @param first time of the log's first event, in milliseconds
   */
  Pace(double rate, double speed, long first) {
    this.rate = rate;
    this.speed = speed;
    this.first = first;
  }

  /**
   * When an event is due.
   *
   * @param index counted from 0
   */
  long due(long index, Recorded event) {
    double byRate = rate > 0 ? index * 1e9 / rate : 0;
    double byTime = speed > 0 && event.hasTime() ? (event.at() - first) * 1e6 / speed : 0;
    long due = (long) Math.max(byRate, byTime);
    return due - due % TICK_NANOS;
  }
}
