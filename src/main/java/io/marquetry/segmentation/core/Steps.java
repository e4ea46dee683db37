package io.marquetry.segmentation.core;

import io.marquetry.condition.Behaviour.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a visitor has come in a sequence of events.
 *
 * <p>Design note: the latest {@value #KEPT} events that are a step are kept whole, sorted, with the
 * steps they may stand for. What is older is summed up as a {@link Front}: of all ways to have come
 * {@code k} steps far the one that began last, which is as good as any other for whatever follows.
 * So events in order are judged exactly, however many there are; a late one is, as long as it is
 * not older than all those kept. One that is older, or two histories that both have been summed up,
 * cannot be interleaved any more: then the trail is cut, which may miss a match but never makes one
 * up. What must be absent needs no events: only the latest counts.
 *
 * <p>At most {@value #KEPT} events of 12 bytes and {@value Sequence#MAX_STEPS} moments.
 */
final class Steps extends Trail {
  static final int KEPT = 64;

  private long[] times = new long[2];
  private int[] steps = new int[2];
  private int size;

  /** What was kept once, up to and with the moment {@code summed}. */
  private final Front front;

  private long summed = Front.NONE;

  /** A match must end later than this, or it is broken. */
  private long broken = Front.NONE;

  /** When the earliest unbroken match among what is summed up ended, and the latest. */
  private long ended = Front.NONE;

  private long endedLast = Front.NONE;

  private boolean cut;

  Steps(int count) {
    front = new Front(count);
  }

  static Steps of(List<Object> json) {
    var head = numbers(((List<?>) json.get(1)), 0);
    var front = numbers((List<?>) json.get(2), 0);
    var trail = new Steps(front.length);
    trail.summed = head[0];
    trail.broken = head[1];
    trail.ended = head[2];
    trail.endedLast = head[3];
    trail.cut = head[4] != 0;
    trail.front.restore(front);
    var events = numbers(json, 3);
    for (int i = 0; i < events.length; i += 2) {
      trail.insert(events[i], (int) events[i + 1]);
    }
    return trail;
  }

  /**
   * Adds one event.
   *
   * @param mask a bit for each step it may stand for, and one behind them where it is what must be
   *     absent
   */
  void add(long at, int mask, Sequence wanted) {
    int own = mask & ((1 << wanted.steps().size()) - 1);
    if (mask != own) {
      breakOff(own == 0 ? at : at - 1, wanted);
    }
    if (own == 0 || isSettled(wanted) || isBeyondUse(at, wanted)) {
      return;
    }
    if (at <= summed) {
      cut = true;
      return;
    }
    insert(at, own);
    if (wanted.then() == null && firstEnd(wanted) != Front.NONE) {
      settle();
    }
    while (size > KEPT) {
      sumUp(wanted);
    }
  }

  /** Without an absence to keep, a match is for ever and nothing else need be known. */
  private boolean isSettled(Sequence wanted) {
    return wanted.then() == null && ended != Front.NONE;
  }

  private void settle() {
    size = 0;
    summed = Front.NONE;
    front.clear();
    ended = 0;
  }

  private void breakOff(long at, Sequence wanted) {
    if (at > broken) {
      broken = at;
      if (ended <= broken) {
        ended = endedLast > broken ? endedLast : Front.NONE;
        cut |= ended != Front.NONE; // there may have been others between the two
      }
      int useless = 0;
      while (useless < size && isBeyondUse(times[useless], wanted)) {
        useless++;
      }
      remove(useless);
    }
  }

  /** Too long before the break for a match that would end after it. */
  private boolean isBeyondUse(long at, Sequence wanted) {
    var within = wanted.within();
    return within != null && broken != Front.NONE && at <= broken - within.toMillis();
  }

  private void insert(long at, int mask) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      steps = Arrays.copyOf(steps, size * 2);
    }
    int place = size;
    while (place > 0
        && (times[place - 1] > at || (times[place - 1] == at && steps[place - 1] > mask))) {
      place--;
    }
    System.arraycopy(times, place, times, place + 1, size - place);
    System.arraycopy(steps, place, steps, place + 1, size - place);
    times[place] = at;
    steps[place] = mask;
    size++;
  }

  private void remove(int count) {
    size -= count;
    System.arraycopy(times, count, times, 0, size);
    System.arraycopy(steps, count, steps, 0, size);
  }

  /** Sums up the oldest moment. */
  private void sumUp(Sequence wanted) {
    int count = momentFrom(0);
    if (front.take(times[0], steps, 0, count, wanted.within()) && times[0] > broken) {
      ended = ended == Front.NONE ? times[0] : ended;
      endedLast = times[0];
    }
    summed = times[0];
    remove(count);
  }

  /** The place behind the events of the moment that begins at a place. */
  private int momentFrom(int from) {
    int to = from + 1;
    while (to < size && times[to] == times[from]) {
      to++;
    }
    return to;
  }

  /** When the earliest unbroken match ended; NONE where there is none. */
  private long firstEnd(Sequence wanted) {
    if (ended != Front.NONE) {
      return ended;
    }
    var walk = front.copy();
    for (int from = 0; from < size; ) {
      int to = momentFrom(from);
      if (walk.take(times[from], steps, from, to, wanted.within()) && times[from] > broken) {
        return times[from];
      }
      from = to;
    }
    return Front.NONE;
  }

  boolean holds(long now, Sequence wanted) {
    long end = firstEnd(wanted);
    var then = wanted.then();
    return end != Front.NONE && (then == null || now - end >= then.lasting().toMillis());
  }

  /** The moment after now at which the answer changes, if nothing more happens. */
  long flip(long now, Sequence wanted) {
    var then = wanted.then();
    long end = then == null ? Front.NONE : firstEnd(wanted);
    if (then == null || end == Front.NONE) {
      return NEVER;
    }
    long from = end + then.lasting().toMillis();
    return from > now ? from : NEVER;
  }

  @Override
  boolean isCut() {
    return cut;
  }

  @Override
  void absorb(Trail other, @Nullable Tracked tracked) {
    if (!(other instanceof Steps more)) {
      return;
    }
    cut |= more.cut || (summed != Front.NONE && more.summed != Front.NONE);
    front.takeOver(more.front);
    summed = Math.max(summed, more.summed);
    broken = Math.max(broken, more.broken);
    boolean mine = ended > broken;
    boolean theirs = more.ended > broken;
    ended =
        mine && theirs
            ? Math.min(ended, more.ended)
            : mine ? ended : theirs ? more.ended : Front.NONE;
    endedLast = Math.max(endedLast, more.endedLast);
    int useless = 0;
    while (useless < size && times[useless] <= summed) {
      useless++;
    }
    cut |= useless > 0;
    remove(useless);
    for (int i = 0; i < more.size; i++) {
      if (more.times[i] > summed) {
        insert(more.times[i], more.steps[i]);
      } else {
        cut = true;
      }
    }
    if (tracked != null && tracked.behaviour() instanceof Sequence wanted) {
      tidy(wanted);
    }
  }

  private void tidy(Sequence wanted) {
    int useless = 0;
    while (useless < size && isBeyondUse(times[useless], wanted)) {
      useless++;
    }
    remove(useless);
    if (wanted.then() == null && firstEnd(wanted) != Front.NONE) {
      settle();
    }
    while (size > KEPT) {
      sumUp(wanted);
    }
  }

  @Override
  List<Object> toJson() {
    var json = new ArrayList<Object>(3 + 2 * size);
    json.add("steps");
    json.add(List.of(summed, broken, ended, endedLast, cut ? 1L : 0L));
    json.add(front.toJson());
    for (int i = 0; i < size; i++) {
      json.add(times[i]);
      json.add((long) steps[i]);
    }
    return json;
  }
}
