package io.marquetry.segmentation.core;

import io.marquetry.condition.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Different values and when each was last seen, those seen latest: what counting different values
 * needs, in whatever window.
 *
 * <p>Design note: values are known by 64 bits of a hash, so one count in some 10¹³ is one too low.
 * As many of the values seen latest as the count's horizon decide it exactly: any older one leaves
 * the window before them. The latest few do not depend on the order of learning, since a value that
 * gave way comes back only with a later time. At most {@value Count#MAX_THRESHOLD} + 1 values of 16
 * bytes.
 */
final class Kinds extends Trail {
  private long[] keys = new long[4];
  private long[] times = new long[4];
  private int size;

  static Kinds of(List<Object> json) {
    var kinds = new Kinds();
    var numbers = numbers(json, 1);
    for (int i = 0; i < numbers.length; i += 2) {
      kinds.add(numbers[i], numbers[i + 1], Integer.MAX_VALUE);
    }
    return kinds;
  }

  void add(long key, long at, int horizon) {
    int place = 0;
    while (place < size && keys[place] != key) {
      place++;
    }
    if (place < size) {
      times[place] = Math.max(times[place], at);
      return;
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      times = Arrays.copyOf(times, size * 2);
    }
    keys[size] = key;
    times[size++] = at;
    while (size > horizon) {
      removeOldest();
    }
  }

  private void removeOldest() {
    int oldest = 0;
    for (int i = 1; i < size; i++) {
      boolean older =
          times[i] < times[oldest] || (times[i] == times[oldest] && keys[i] < keys[oldest]);
      oldest = older ? i : oldest;
    }
    size--;
    keys[oldest] = keys[size];
    times[oldest] = times[size];
  }

  /** How many of those kept were seen later than a moment. */
  int after(long moment) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += times[i] > moment ? 1 : 0;
    }
    return count;
  }

  /** How many are kept. */
  int size() {
    return size;
  }

  /** The moment after now at which the answer changes, if nothing more happens. */
  long flip(long now, long length, Count count) {
    var sorted = Arrays.copyOf(times, size);
    Arrays.sort(sorted);
    return LatestTimes.of(sorted).flip(now, length, count);
  }

  @Override
  void absorb(Trail other, @Nullable Tracked tracked) {
    if (other instanceof Kinds kinds) {
      int horizon = tracked == null ? Count.MAX_THRESHOLD + 1 : tracked.horizon();
      for (int i = 0; i < kinds.size; i++) {
        add(kinds.keys[i], kinds.times[i], horizon);
      }
    }
  }

  /** By key, so that equal sets are written alike. */
  @Override
  List<Object> toJson() {
    var order = new ArrayList<Integer>(size);
    for (int i = 0; i < size; i++) {
      order.add(i);
    }
    order.sort((one, other) -> Long.compare(keys[one], keys[other]));
    var json = new ArrayList<Object>(1 + 2 * size);
    json.add("kinds");
    for (int i : order) {
      json.add(keys[i]);
      json.add(times[i]);
    }
    return json;
  }
}
