package io.marquetry.segmentation.core;

import io.marquetry.condition.Sum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Amounts and when each came, the latest ones, sorted: what a sum in a sliding window needs.
 *
 * <p>Design note: a sum needs every amount in the window, so what is kept has a cap: the latest
 * {@value #KEPT}, of 16 bytes each. Beyond it the oldest is dropped. That changes no answer as long
 * as no amount is negative and those kept come to more than the sum is ever compared with: they
 * leave the window after the one dropped, and totals beyond the largest threshold look alike. Else
 * the trail is cut, and says so. What has left the window for good is dropped too; events lie at
 * most {@value #AHEAD} ms ahead of the clock that judges them.
 */
final class Amounts extends Trail {
  /** Most amounts that are kept. */
  static final int KEPT = 1_000;

  static final long AHEAD = 10 * 60_000;

  private long[] times = new long[2];
  private long[] amounts = new long[2];
  private int size;
  private long total;
  private int negative;
  private boolean dropped;
  private boolean cut;

  static Amounts of(List<Object> json) {
    var kept = new Amounts();
    kept.dropped = Boolean.TRUE.equals(json.get(1));
    kept.cut = Boolean.TRUE.equals(json.get(2));
    var numbers = numbers(json, 3);
    for (int i = 0; i < numbers.length; i += 2) {
      kept.insert(numbers[i], numbers[i + 1]);
    }
    return kept;
  }

  /**
   * Adds one amount.
   *
   * @param length of the window
   * @param horizon totals beyond this all look alike
   */
  void add(long at, long amount, long length, long horizon) {
    if (amount == 0) {
      return;
    }
    cut |= dropped && amount < 0;
    insert(at, amount);
    int left = 0;
    while (times[left] <= times[size - 1] - length - AHEAD) {
      left++;
    }
    removeOldest(left);
    while (size > KEPT) {
      long oldest = amounts[0];
      removeOldest(1);
      dropped = true;
      cut |= oldest < 0 || negative > 0 || total <= horizon;
    }
  }

  private void insert(long at, long amount) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      amounts = Arrays.copyOf(amounts, size * 2);
    }
    int place = size;
    while (place > 0 && isBefore(at, amount, place - 1)) {
      place--;
    }
    System.arraycopy(times, place, times, place + 1, size - place);
    System.arraycopy(amounts, place, amounts, place + 1, size - place);
    times[place] = at;
    amounts[place] = amount;
    size++;
    total += amount;
    negative += amount < 0 ? 1 : 0;
  }

  private boolean isBefore(long at, long amount, int place) {
    return at < times[place] || (at == times[place] && amount < amounts[place]);
  }

  private void removeOldest(int count) {
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      total -= amounts[i];
      negative -= amounts[i] < 0 ? 1 : 0;
    }
    size -= count;
    System.arraycopy(times, count, times, 0, size);
    System.arraycopy(amounts, count, amounts, 0, size);
  }

  /** What those in the window come to. */
  long within(long now, long length) {
    long sum = total;
    for (int i = 0; i < size && times[i] <= now - length; i++) {
      sum -= amounts[i];
    }
    return sum;
  }

  /** The moment after now at which the answer changes, if nothing more happens. */
  long flip(long now, long length, Sum wanted) {
    long sum = within(now, length);
    boolean holds = wanted.test(sum);
    for (int i = 0; i < size; i++) {
      if (times[i] > now - length) {
        sum -= amounts[i];
        boolean lastOfItsMoment = i + 1 == size || times[i + 1] != times[i];
        if (lastOfItsMoment && wanted.test(sum) != holds) {
          return times[i] + length;
        }
      }
    }
    return NEVER;
  }

  @Override
  boolean isCut() {
    return cut;
  }

  @Override
  void absorb(Trail other, @Nullable Tracked tracked) {
    if (other instanceof Amounts more) {
      long length = tracked == null ? Long.MAX_VALUE / 4 : tracked.length();
      long horizon = tracked == null ? Long.MAX_VALUE : tracked.sumHorizon();
      boolean anyNegative = negative + more.negative > 0;
      cut |= more.cut || (anyNegative && (dropped || more.dropped));
      dropped |= more.dropped;
      for (int i = 0; i < more.size; i++) {
        add(more.times[i], more.amounts[i], length, horizon);
      }
    }
  }

  @Override
  List<Object> toJson() {
    var json = new ArrayList<Object>(3 + 2 * size);
    json.add("amounts");
    json.add(dropped);
    json.add(cut);
    for (int i = 0; i < size; i++) {
      json.add(times[i]);
      json.add(amounts[i]);
    }
    return json;
  }
}
