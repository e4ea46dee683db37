package io.marquetry.models;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.models.core.ModelAnswer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How what is asked in the shadow of a model compares with it. */
final class ShadowTally {
  private long asked;
  private long failed;
  private long sameFirst;
  private double shared;

  void compare(List<ScoredItem> used, ModelAnswer shadow) {
    asked++;
    if (shadow.outcome() != Outcome.OK) {
      failed++;
      return;
    }
    if (used.getFirst().item().equals(shadow.items().getFirst().item())) {
      sameFirst++;
    }
    var names = shadow.items().stream().map(ScoredItem::item).toList();
    long both = used.stream().filter(one -> names.contains(one.item())).count();
    shared += (double) both / Math.max(used.size(), names.size());
  }

  Map<String, Object> view() {
    var view = new LinkedHashMap<String, Object>();
    long compared = asked - failed;
    view.put("asked", asked);
    view.put("failed", failed);
    view.put("sameFirst", sameFirst);
    view.put("sharedItems", compared == 0 ? 0.0 : shared / compared);
    return view;
  }
}
