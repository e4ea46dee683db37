package io.marquetry.models.core;

/**
 * Leaves a model alone for a while that fails again and again.
 *
 * <p>It opens after {@value #IN_A_ROW} failures in a row, or where half of the last {@value
 * #WINDOW} calls failed. While it is open one call every {@value #PAUSE_MILLIS} ms is let through
 * to see; a good answer closes it.
 *
 * <p>Design note: time is a parameter, and the outcomes are bits of a long, so that a breaker costs
 * nothing and a test needs no clock. An answer to an earlier call that arrives while it is open
 * counts like that of a trial: whoever answers, answers.
 */
public final class Breaker {
  static final int IN_A_ROW = 5;
  static final int WINDOW = 20;
  static final long PAUSE_MILLIS = 5_000;
  private static final long MASK = (1L << WINDOW) - 1;

  private long failures;
  private int calls;
  private int inARow;
  private boolean open;
  private long nextTrial;
  private long opened;

  /**
   * Whether to ask now. Asking is expected to follow where it says so.
   *
   * @param now milliseconds on a clock that never goes back
   */
  public boolean allows(long now) {
    if (!open) {
      return true;
    }
    if (now < nextTrial) {
      return false;
    }
    nextTrial = now + PAUSE_MILLIS;
    return true;
  }

  public void succeeded() {
    note(0);
    inARow = 0;
    if (open) {
      open = false;
      failures = 0;
      calls = 0;
    }
  }

  public void failed(long now) {
    note(1);
    inARow++;
    boolean half = calls >= WINDOW && Long.bitCount(failures) * 2 >= WINDOW;
    if (!open && (inARow >= IN_A_ROW || half)) {
      open = true;
      opened++;
      nextTrial = now + PAUSE_MILLIS;
    }
  }

  private void note(int failed) {
    failures = ((failures << 1) | failed) & MASK;
    calls = Math.min(calls + 1, WINDOW);
  }

  public boolean isOpen() {
    return open;
  }

  /** How often it opened. */
  public long opened() {
    return opened;
  }
}
