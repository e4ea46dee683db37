package io.marquetry.console.core;

/**
 * How much of a feed people get to see: so many a second, the rest is only counted.
 *
 * <p>Not thread-safe.
 */
public final class FeedGate {
  private static final long SECOND = 1_000;

  private final int perSecond;
  private long second = Long.MIN_VALUE;
  private int shownThisSecond;
  private long shown;
  private long passedOver;

  public FeedGate(int perSecond) {
    this.perSecond = perSecond;
  }

  /** Whether one more may be shown now; counts it either way. */
  public boolean admit(long now) {
    if (now / SECOND != second) {
      second = now / SECOND;
      shownThisSecond = 0;
    }
    if (shownThisSecond >= perSecond) {
      passedOver++;
      return false;
    }
    shownThisSecond++;
    shown++;
    return true;
  }

  /** How many were shown, ever. */
  public long shown() {
    return shown;
  }

  /** How many were only counted, ever. */
  public long passedOver() {
    return passedOver;
  }
}
