package io.marquetry.segmentation.core;

import io.marquetry.condition.Count;
import java.util.Arrays;

/**
 * When something happened, the latest few times, sorted.
 *
 * <p>Design note: to decide a count in a sliding window exactly it is enough to know as many of the
 * latest times as the count's horizon; what lies before them changes no answer. The window covers
 * the moments later than {@code now - length}: something leaves it exactly {@code length} after it
 * happened. The latest few of a set do not depend on the order in which they were learnt.
 */
final class LatestTimes {
  /** Says that no moment lies ahead at which the answer changes by itself. */
  static final long NEVER = Long.MAX_VALUE;

  private long[] times;
  private int size;

  /** When the answer last worked out by {@link #refresh} changes by itself. */
  private long flipAt = NEVER;

  LatestTimes() {
    this(new long[2], 0);
  }

  private LatestTimes(long[] times, int size) {
    this.times = times;
    this.size = size;
  }

  static LatestTimes of(long[] sorted) {
    return new LatestTimes(sorted.clone(), sorted.length);
  }

  /** Adds one occurrence, keeping no more than {@code horizon}. */
  void add(long at, int horizon) {
    if (size >= horizon) {
      if (at <= times[0]) {
        return;
      }
      System.arraycopy(times, 1, times, 0, --size);
    } else if (size == times.length) {
      times = Arrays.copyOf(times, Math.min(horizon, Math.max(2, size * 2)));
    }
    int place = size;
    while (place > 0 && times[place - 1] > at) {
      times[place] = times[place - 1];
      place--;
    }
    times[place] = at;
    size++;
  }

  /** Takes over what another history of the same person knows. */
  void absorb(LatestTimes other, int horizon) {
    for (int i = 0; i < other.size; i++) {
      add(other.times[i], horizon);
    }
  }

  /** How many of those kept lie in the window. */
  int within(long now, long length) {
    return size - firstWithin(now, length);
  }

  private int firstWithin(long now, long length) {
    int first = size;
    while (first > 0 && times[first - 1] > now - length) {
      first--;
    }
    return first;
  }

  /** Whether the count holds now; notes when that changes if nothing more happens. */
  void refresh(long now, long length, Count count) {
    flipAt = NEVER;
    int first = firstWithin(now, length);
    boolean holds = count.test(size - first);
    for (int i = first; i < size; i++) {
      boolean lastOfItsMoment = i + 1 == size || times[i + 1] != times[i];
      if (lastOfItsMoment && count.test(size - i - 1) != holds) {
        flipAt = times[i] + length;
        return;
      }
    }
  }

  /** Nobody asks any more: time changes nothing. */
  void dismiss() {
    flipAt = NEVER;
  }

  long flipAt() {
    return flipAt;
  }

  long[] toArray() {
    return Arrays.copyOf(times, size);
  }
}
