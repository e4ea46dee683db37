package io.marquetry.segmentation.core;

import io.marquetry.condition.Condition;
import io.marquetry.condition.ConditionSet;
import java.util.ArrayList;
import java.util.List;

/**
 * The behaviours that look for one event; those that look closer are tested all at once, so that a
 * thousand of them do not cost a thousand looks at the same field.
 */
final class Watchers {
  static final Watchers NONE = new Watchers(List.of());

  private final List<Tracked> always = new ArrayList<>();
  private final List<Tracked> closer = new ArrayList<>();
  private final ConditionSet where;

  Watchers(List<Tracked> watching) {
    var conditions = new ArrayList<Condition>();
    for (var tracked : watching) {
      var condition = tracked.where();
      if (condition == null) {
        always.add(tracked);
      } else {
        closer.add(tracked);
        conditions.add(condition);
      }
    }
    where = ConditionSet.of(conditions);
  }

  /** Those the event concerns. */
  List<Tracked> matching(Occurrence event) {
    if (closer.isEmpty()) {
      return always;
    }
    var holding = where.all(new EventView(event.event(), event.page()));
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
