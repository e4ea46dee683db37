package io.marquetry.console.core;

/**
 * How many a second, over the last whole seconds; not thread-safe.
 *
 * <p>{@link #tick} is to be called once a second.
 */
public final class Rate {
  private static final int SECONDS = 5;

  private final long[] counts = new long[SECONDS];
  private int at;
  private int filled;
  private long running;
  private long total;

  public void add(long count) {
    running += count;
    total += count;
  }

  /** A second is over. */
  public void tick() {
    counts[at] = running;
    at = (at + 1) % SECONDS;
    filled = Math.min(filled + 1, SECONDS);
    running = 0;
  }

  /** The mean over the last five seconds, to one decimal. */
  public double perSecond() {
    long sum = 0;
    for (int i = 0; i < filled; i++) {
      sum += counts[i];
    }
    return filled == 0 ? 0 : Math.round(sum * 10.0 / filled) / 10.0;
  }

  public long total() {
    return total;
  }
}
