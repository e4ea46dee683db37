package io.marquetry.segmentation.core;

import io.marquetry.condition.Count;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When something happened, the latest few times, sorted: what a count in a sliding window needs.
 *
 * <p>Design note: to decide a count in a sliding window exactly it is enough to know as many of the
 * latest times as the count's horizon; what lies before them changes no answer. The window covers
 * the moments later than {@code now - length}: something leaves it exactly {@code length} after it
 * happened. The latest few of a set do not depend on the order in which they were learnt. At most
 * {@value Count#MAX_THRESHOLD} + 1 times of 8 bytes.
 */
final class LatestTimes extends Trail {
  private long[] times;
  private int size;

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

  /** The moment after now at which the count holds no longer, or does, if nothing more happens. */
  long flip(long now, long length, Count count) {
    int first = firstWithin(now, length);
    boolean holds = count.test(size - first);
    for (int i = first; i < size; i++) {
      boolean lastOfItsMoment = i + 1 == size || times[i + 1] != times[i];
      if (lastOfItsMoment && count.test(size - i - 1) != holds) {
        return times[i] + length;
      }
    }
    return NEVER;
  }

  @Override
  void absorb(Trail other, @Nullable Tracked tracked) {
    if (other instanceof LatestTimes times) {
      absorb(times, tracked == null ? Count.MAX_THRESHOLD + 1 : tracked.horizon());
    }
  }

  void absorb(LatestTimes other, int horizon) {
    for (int i = 0; i < other.size; i++) {
      add(other.times[i], horizon);
    }
  }

  long[] toArray() {
    return Arrays.copyOf(times, size);
  }

  @Override
  List<Object> toJson() {
    return json("times", times, size);
  }
}
