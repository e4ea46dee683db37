package io.marquetry.assembly.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decisions as somebody wants to see them before anybody else does. */
public final class Previews {
  private Previews() {}

  /** A decision in which some components show a given variant, published or not. */
  public static Decided shown(Decided decided, Map<String, String> show) {
    if (show.isEmpty()) {
      return decided;
    }
    var choices = new ArrayList<Choice>();
    for (var choice : decided.choices()) {
      var variant = show.get(choice.component());
      choices.add(variant == null ? choice : shown(choice.component(), variant));
    }
    return new Decided(
        decided.decision(),
        decided.mode(),
        choices,
        decided.live(),
        decided.definitions(),
        decided.micros());
  }

  private static Choice shown(String component, String variant) {
    var reason = new Reason("preview", variant, "chosen for this preview");
    return new Choice(component, variant, "preview", List.of(reason), 1, 1, -1);
  }
}
