package io.marquetry.segmentation.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one can have come in a sequence by some moment: for each number of steps, when the way
 * that began last began.
 *
 * <p>Design note: whatever follows, a way that began later is within the same time if one that
 * began earlier is, so only the latest need be known. Moments are taken in order. The events of one
 * moment may stand in any order but each for one step only, so where there are several, steps are
 * matched to events by augmenting paths.
 */
final class Front {
  static final long NONE = Long.MIN_VALUE;

  /** By number of steps less one; the last one is that of whole matches and only passes by. */
  private final long[] began;

  Front(int steps) {
    began = new long[steps];
    clear();
  }

  void clear() {
    Arrays.fill(began, NONE);
  }

  Front copy() {
    var copy = new Front(began.length);
    copy.restore(began);
    return copy;
  }

  void restore(long[] from) {
    System.arraycopy(from, 0, began, 0, Math.min(from.length, began.length));
  }

  /** Takes the better of each. */
  void takeOver(Front other) {
    for (int i = 0; i < began.length && i < other.began.length; i++) {
      began[i] = Math.max(began[i], other.began[i]);
    }
  }

  /**
   * Takes the events of the next moment, those from one place to another, each with a bit for every
   * step it may stand for. Answers whether a match ends with them.
   *
   * @param within null where a match may take as long as it likes
   */
  boolean take(long at, int[] steps, int from, int to, @Nullable Duration within) {
    boolean ends = false;
    for (int done = began.length - 1; done >= 0; done--) {
      long start = done == 0 ? at : began[done - 1];
      if (start == NONE || (within != null && at - start >= within.toMillis())) {
        continue;
      }
      int reached = done + reach(done, steps, from, to);
      for (int step = done; step < reached; step++) {
        began[step] = Math.max(began[step], start);
      }
      ends |= reached == began.length;
    }
    began[began.length - 1] = NONE;
    return ends;
  }

  /** How many steps behind the first {@code done} these events can stand for, each for one. */
  private int reach(int done, int[] steps, int from, int to) {
    if (to - from == 1) {
      return steps[from] >>> done & 1;
    }
    var standsFor = new int[to - from];
    Arrays.fill(standsFor, -1);
    int reached = 0;
    while (done + reached < began.length
        && assign(done + reached, steps, from, standsFor, new boolean[standsFor.length])) {
      reached++;
    }
    return reached;
  }

  private boolean assign(int step, int[] steps, int from, int[] standsFor, boolean[] tried) {
    for (int i = 0; i < standsFor.length; i++) {
      if ((steps[from + i] >>> step & 1) != 0 && !tried[i]) {
        tried[i] = true;
        if (standsFor[i] < 0 || assign(standsFor[i], steps, from, standsFor, tried)) {
          standsFor[i] = step;
          return true;
        }
      }
    }
    return false;
  }

  List<Object> toJson() {
    var json = new ArrayList<Object>(began.length);
    for (long moment : began) {
      json.add(moment);
    }
    return json;
  }
}
