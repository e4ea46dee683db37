package io.marquetry.segmentation.core;

import io.marquetry.condition.Condition;
import io.marquetry.condition.ConditionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The behaviours that look for one event; those that look closer are tested all at once, so that a
 * thousand of them do not cost a thousand looks at the same field.
 */
final class Watchers {
  static final Watchers NONE = new Watchers(List.of());

  private static final Condition EVERY = Condition.parse(Map.of());

  private final List<Watch> always = new ArrayList<>();
  private final List<Watch> closer = new ArrayList<>();
  private final ConditionSet where;

  /**
   * A behaviour, and what of it an event may stand for.
   *
   * @param mask for a sequence, a bit for each step and one behind them for what must be absent
   */
  record Watch(Tracked tracked, @Nullable Condition where, int mask) {
    static Watch of(Tracked tracked, int happening) {
      var where = tracked.behaviour().happenings().get(happening).where();
      return new Watch(tracked, where, 1 << happening);
    }
  }

  /**
   * @param watching those of one behaviour one behind the other
   */
  Watchers(List<Watch> watching) {
    for (int i = 0; i < watching.size(); i++) {
      var watch = watching.get(i);
      // Those of one behaviour stay together, so that an event comes to it once.
      boolean several =
          (i > 0 && watching.get(i - 1).tracked() == watch.tracked())
              || (i + 1 < watching.size() && watching.get(i + 1).tracked() == watch.tracked());
      (several || watch.where() != null ? closer : always).add(watch);
    }
    where = ConditionSet.of(closer.stream().map(Watchers::condition).toList());
  }

  private static Condition condition(Watch watch) {
    var where = watch.where();
    return where == null ? EVERY : where;
  }

  /** Those the event concerns; those of one behaviour one behind the other. */
  List<Watch> matching(Occurrence event) {
    if (closer.isEmpty()) {
      return always;
    }
    var holding = where.all(event.view());
    if (holding.isEmpty()) {
      return always;
    }
    var matching = new ArrayList<>(always);
    for (int i = holding.nextSetBit(0); i >= 0; i = holding.nextSetBit(i + 1)) {
      matching.add(closer.get(i));
    }
    return matching;
  }
}
