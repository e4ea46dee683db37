package io.marquetry.segmentation.core.computed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The latest signals of each kind.
 *
 * <p>Design note: a bounded bag. The greatest {@link #KEPT} of a bag in a total order are the same
 * however it was filled, and the greatest of two bags together are among the greatest of each: so
 * neither the order of arrival nor a merge makes a difference. A running sum for each category
 * would be smaller for few categories, but the one that has to go when there are too many would
 * depend on the order, and a sum cannot say what it is made of.
 */
final class Signals {
  static final int KEPT = 48;

  private Map<Kind, List<Signal>> kept = Map.of();

  void add(Signal signal) {
    if (kept.isEmpty()) {
      kept = new EnumMap<>(Kind.class);
    }
    var list = kept.computeIfAbsent(signal.kind(), kind -> new ArrayList<>(2));
    int found = Collections.binarySearch(list, signal);
    if (found >= 0 && signal.isOnce()) {
      return;
    }
    int place = found < 0 ? -found - 1 : found;
    if (list.size() == KEPT) {
      if (place == 0) {
        return;
      }
      list.removeFirst();
      place--;
    }
    list.add(place, signal);
  }

  /** The oldest first. */
  List<Signal> of(Kind kind) {
    return kept.getOrDefault(kind, List.of());
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  void absorb(Signals other) {
    other.kept.values().forEach(list -> list.forEach(this::add));
  }

  /** What speaks for a key at a moment. */
  double mass(Kind kind, String key, long moment) {
    double mass = 0;
    for (var signal : of(kind)) {
      if (signal.key().equals(key)) {
        mass += signal.left(moment);
      }
    }
    return mass;
  }

  /** What speaks for each key at a moment, in the order of keys; without what is forgotten. */
  Map<String, Double> masses(Kind kind, long moment) {
    var masses = new TreeMap<String, Double>();
    for (var signal : of(kind)) {
      double left = signal.left(moment);
      if (left != 0) {
        masses.merge(signal.key(), left, Double::sum);
      }
    }
    return masses;
  }
}
