package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a profile remembers of one behaviour, where a single number does not say enough.
 *
 * <p>Design note: each trail is a fold over the events that concern the behaviour. It comes out the
 * same in whatever order they arrive, takes in another history of the same person, and has a bound
 * on its size that is stated by its class. Where the bound could make an answer wrong, the trail
 * says so ({@link #isCut}).
 */
abstract sealed class Trail permits LatestTimes, Amounts, Kinds, EdgeTime, Steps {
  /** Says that no moment lies ahead at which the answer changes by itself. */
  static final long NEVER = Long.MAX_VALUE;

  /** When the answer last worked out changes by itself; kept by {@link SegmentEngine}. */
  long flipAt = NEVER;

  private boolean cutTold;

  /**
   * Takes over what another history of the same person knows.
   *
   * @param other of the same behaviour
   * @param tracked null where nobody asks about the behaviour at the moment
   */
  abstract void absorb(Trail other, @Nullable Tracked tracked);

  /** Whether more happened than is remembered, so that an answer may be wrong. */
  boolean isCut() {
    return false;
  }

  /** The same, but told only once. */
  final boolean isNewlyCut() {
    boolean newly = !cutTold && isCut();
    cutTold |= newly;
    return newly;
  }

  /** Plain values from which {@link #of} makes the same again; the first one says of what kind. */
  abstract List<Object> toJson();

  static Trail of(List<Object> json) {
    return switch (String.valueOf(json.getFirst())) {
      case "amounts" -> Amounts.of(json);
      case "kinds" -> Kinds.of(json);
      case "first" -> EdgeTime.of(true, json);
      case "last" -> EdgeTime.of(false, json);
      case "steps" -> Steps.of(json);
      default -> LatestTimes.of(numbers(json, 1));
    };
  }

  /** The numbers of a list from an index on. */
  static long[] numbers(List<?> json, int from) {
    var numbers = new long[json.size() - from];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ((Number) json.get(from + i)).longValue();
    }
    return numbers;
  }

  static List<Object> json(String kind, long[] numbers, int size) {
    var json = new ArrayList<>(size + 1);
    json.add(kind);
    for (int i = 0; i < size; i++) {
      json.add(numbers[i]);
    }
    return json;
  }
}
