package io.marquetry.condition;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How long ago something was: all bounds must hold.
 *
 * @param bounds at least one, kept sorted so that equal ages are equal values
 */
public record Age(List<Bound> bounds) {
  /**
   * One comparison of the age with a length of time.
   *
   * @param relation none but less and greater: a moment is hardly ever met
   */
  public record Bound(Relation relation, Duration length) {
    /** Rejects equality. */
    public Bound {
      if (relation == Relation.EQ || relation == Relation.NE) {
        throw new IllegalArgumentException("an age is compared by less and greater");
      }
    }

    /** The first age, in milliseconds, at which the answer is another than just before. */
    public long turn() {
      long millis = length.toMillis();
      return relation == Relation.LT || relation == Relation.GTE ? millis : millis + 1;
    }
  }

  /** Copies and sorts the bounds. */
  public Age {
    if (bounds.isEmpty()) {
      throw new IllegalArgumentException("an age needs at least one bound");
    }
    bounds =
        bounds.stream()
            .sorted(Comparator.comparing(Bound::relation).thenComparing(Bound::length))
            .toList();
  }

  /** Whether so many milliseconds satisfy every bound. */
  public boolean test(long millis) {
    for (int i = 0; i < bounds.size(); i++) {
      Bound bound = bounds.get(i);
      if (!bound.relation().holds(Long.compare(millis, bound.length().toMillis()))) {
        return false;
      }
    }
    return true;
  }

  String canonical() {
    return bounds.stream()
        .map(b -> "\"" + b.relation().operator() + "\":\"" + b.length() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
