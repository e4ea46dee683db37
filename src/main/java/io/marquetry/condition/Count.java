package io.marquetry.condition;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How often something must have happened: all bounds must hold. Written {@code
 * {"$gte":3,"$lt":10}}; left out, it means {@code {"$gte":1}}.
 *
 * @param bounds at least one, kept sorted so that equal counts are equal values
 */
public record Count(List<Bound> bounds) implements Measure {
  /** Largest constant a bound may name, so that what must be remembered stays small. */
  public static final int MAX_THRESHOLD = 1000;

  /** At least once. */
  public static final Count AT_LEAST_ONCE = new Count(List.of(new Bound(Relation.GTE, 1)));

  /**
   * One comparison of the count with a constant.
   *
   * @param value 0 to {@link #MAX_THRESHOLD}
   */
  public record Bound(Relation relation, long value) {
    /** Rejects a constant out of range. */
    public Bound {
      if (value < 0 || value > MAX_THRESHOLD) {
        throw new IllegalArgumentException(
            "a count threshold is 0 to " + MAX_THRESHOLD + ", not " + value);
      }
    }
  }

  /** Copies and sorts the bounds. */
  public Count {
    if (bounds.isEmpty()) {
      throw new IllegalArgumentException("a count needs at least one bound");
    }
    bounds =
        bounds.stream()
            .sorted(Comparator.comparing(Bound::relation).thenComparing(Bound::value))
            .toList();
  }

  /** Whether this many occurrences satisfy every bound. */
  public boolean test(long occurrences) {
    for (int i = 0; i < bounds.size(); i++) {
      Bound bound = bounds.get(i);
      if (!bound.relation().holds(Long.compare(occurrences, bound.value()))) {
        return false;
      }
    }
    return true;
  }

  /**
   * How many of the latest matching events suffice to decide {@link #test} exactly in a sliding
   * window: counts beyond the largest constant all look alike, so one more than that constant.
   */
  public int horizon() {
    return (int) bounds.stream().mapToLong(Bound::value).max().orElse(0) + 1;
  }

  @Override
  public void canonical(StringBuilder out, String event) {
    out.append("\"count\":").append(canonical()).append(',').append(event);
  }

  String canonical() {
    return bounds.stream()
        .map(b -> "\"" + b.relation().operator() + "\":" + b.value())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
