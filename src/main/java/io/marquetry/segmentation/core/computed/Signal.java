package io.marquetry.segmentation.core.computed;

import java.util.Comparator;

/**
 * One piece of evidence.
 *
 * @param key what it speaks for: a category, a topic, a channel …
 * @param at when, milliseconds since the epoch
 * @param event the event's name, for people who ask why
 * @param weight how much it says; below zero where it speaks against
 */
record Signal(Kind kind, String key, long at, String event, double weight)
    implements Comparable<Signal> {
  /**
   * Total over whatever makes a difference, so that what is kept depends on no order of arrival.
   */
  private static final Comparator<Signal> ORDER =
      Comparator.comparingLong(Signal::at)
          .thenComparing(Signal::kind)
          .thenComparing(Signal::key)
          .thenComparing(Signal::event)
          .thenComparingDouble(Signal::weight);

  @Override
  public int compareTo(Signal other) {
    return ORDER.compare(this, other);
  }

  /** Whether it says no more for being said twice. */
  boolean isOnce() {
    return event.equals(ChannelPreference.VISIT);
  }

  /** What of its weight is left at a moment. */
  double left(long moment) {
    return weight * kind.decay().left(moment - at);
  }
}
