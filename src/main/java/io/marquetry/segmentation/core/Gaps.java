package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What a profile does not know yet of its past: what passes over the log are to count in it still,
 * and what is to be told anew after a split.
 */
final class Gaps {
  private static final int[] NOTHING = {};

  /** The passes that fill in a past of this profile that is not in its counts yet, sorted. */
  private int[] lacking = NOTHING;

  /** How far passes have filled it in that a crash might bring back. */
  private List<FilledIn> filled = List.of();

  /** The profiles that began anew and whose past is still to be told, and at which position. */
  private Map<Id128, Long> awaited = Map.of();

  /** Whether counts of one of these passes, sorted, are not whole yet. */
  boolean lacksAny(int[] passes) {
    for (int pass : passes) {
      if (pass == Passes.UNBORN || Arrays.binarySearch(lacking, pass) >= 0) {
        return true;
      }
    }
    return false;
  }

  int[] lacking() {
    return lacking.clone();
  }

  void lack(int pass) {
    if (Arrays.binarySearch(lacking, pass) < 0) {
      lacking = IntStream.concat(IntStream.of(lacking), IntStream.of(pass)).sorted().toArray();
    }
  }

  /** What is not among these passes is lacked no longer. */
  void lackOnly(List<Integer> passes) {
    if (lacking.length > 0) {
      lacking = IntStream.of(lacking).filter(passes::contains).toArray();
    }
  }

  List<FilledIn> filled() {
    return filled;
  }

  /** How far a pass has filled it in. */
  FilledIn filled(int pass) {
    for (var noted : filled) {
      if (noted.pass() == pass) {
        return noted;
      }
    }
    var added = new ArrayList<>(filled);
    added.add(new FilledIn(pass));
    filled = added;
    return added.getLast();
  }

  void forgetFilled(IntPredicate passes) {
    if (!filled.isEmpty()) {
      filled = filled.stream().filter(noted -> !passes.test(noted.pass())).toList();
    }
  }

  /**
   * Whether an event is told with the past of a profile that began anew, which is still to come.
   */
  boolean awaits(Id128 origin, long position) {
    return position < awaited.getOrDefault(origin, 0L);
  }

  /** Whether the past of a profile that began anew at this position is still to be told. */
  boolean isAwaiting(Id128 begun, long at) {
    return awaited.getOrDefault(begun, 0L) == at;
  }

  Map<Id128, Long> awaited() {
    return awaited;
  }

  void await(Id128 begun, long at) {
    awaited = new HashMap<>(awaited);
    awaited.merge(begun, at, Math::max);
  }

  /** The past of a profile that began anew was told. */
  void told(Id128 begun, long at) {
    awaited = new HashMap<>(awaited);
    awaited.remove(begun, at);
  }

  /** Whatever either lacks is lacked by both together. */
  void absorb(Gaps other) {
    IntStream.of(other.lacking).forEach(this::lack);
    for (var noted : other.filled) {
      noted.all().forEach(filled(noted.pass())::reached);
    }
    other.awaited.forEach(this::await);
  }
}
