package io.marquetry.segmentation.core.computed;

import java.time.Duration;

/**
 * How something fades: to half of it with every half-life, to nothing after ten of them.
 *
 * <p>Design note: exponential decay is the one that needs no start: what is left of a signal
 * depends on its age alone. Values move in steps, not continuously, so that whoever depends on them
 * knows when to look again and is exact in between. A step is a small part of the half-life; when a
 * profile's steps fall differs from profile to profile, or all of them would move at once.
 *
 * @param step how often values move; within a step a signal keeps the weight it had at its
 *     beginning
 */
record Decay(Duration halfLife, Duration step) {
  private static final int FORGOTTEN = 10;

  /**
   * How much is left of a signal of this age, in milliseconds; all of it where it is yet to come.
   */
  double left(long age) {
    if (age <= 0) {
      return 1;
    }
    return isForgotten(age) ? 0 : Math.exp(-Math.log(2) * age / halfLife.toMillis());
  }

  boolean isForgotten(long age) {
    return age >= FORGOTTEN * halfLife.toMillis();
  }

  /** The beginning of the step that a moment lies in. */
  long moment(long now, long phase) {
    return now - Math.floorMod(now - phase, step.toMillis());
  }
}
