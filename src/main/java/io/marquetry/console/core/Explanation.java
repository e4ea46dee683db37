package io.marquetry.console.core;

import io.marquetry.bus.DecisionLogMessage.Counterfactual;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a decision came out as it did, as it was noted when it was made, and what would turn it. */
public final class Explanation {
  private static final String SEGMENTS = "segments";

  private Explanation() {}

  /**
   * In the shape of {@code decisions.explain}: for each component what it shows, the reasons in
   * plain words in the order in which they came up, and without which signals it would have shown
   * something else; for the whole what was read.
   *
   * @param counterfactuals one for each choice, in that order; none where they are not known
   * @param obstacle why they are not known; null where they are
   */
  public static Map<String, Object> of(
      DecisionRecord decision, List<Counterfactual> counterfactuals, @Nullable String obstacle) {
    var components = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < decision.choices().size(); i++) {
      var component = new LinkedHashMap<>(component(decision.choices().get(i)));
      if (i < counterfactuals.size()) {
        component.put("counterfactual", counterfactual(counterfactuals.get(i)));
      }
      components.add(component);
    }
    var view =
        new LinkedHashMap<>(
            Views.object(
                "decisionId", decision.decision().toString(),
                "at", Times.iso(decision.at()),
                "mode", decision.mode().key(),
                "basis", basis(decision),
                "definitionsVersion", decision.definitions(),
                "consentVersion", decision.consentVersion(),
                "signals", decision.signals(),
                "components", components));
    if (obstacle != null) {
      view.put("noCounterfactuals", obstacle);
    }
    return view;
  }

  private static Map<String, Object> counterfactual(Counterfactual one) {
    var instead = one.variant() == null ? "the page's own markup" : "“" + one.variant() + "”";
    return Views.object(
        "without",
        one.signals(),
        "variant",
        one.variant(),
        "text",
        one.signals().isEmpty()
            ? "it shows the same to whomever"
            : "without " + joined(one.signals()) + " it would show " + instead);
  }

  private static String basis(DecisionRecord decision) {
    return switch (decision.mode()) {
      case PERSONALIZED -> "the visitor's profile: " + read(decision);
      case CONTEXTUAL -> "the request alone; nothing of a profile was used";
      case HOLDOUT -> "the control group, which sees the baseline";
    };
  }

  private static String read(DecisionRecord decision) {
    var signals = decision.signals();
    long values = signals.keySet().stream().filter(name -> !name.equals(SEGMENTS)).count();
    return signals.get(SEGMENTS) instanceof Iterable<?> segments
        ? values + " values were read, and that they are in " + joined(segments)
        : values + " values were read";
  }

  private static String joined(Iterable<?> segments) {
    var text = new StringBuilder();
    segments.forEach(one -> text.append(text.isEmpty() ? "" : ", ").append(one));
    return text.toString();
  }

  private static Map<String, Object> component(Choice choice) {
    return Views.object(
        "component", choice.component(),
        "variant", choice.variant(),
        "strategy", choice.strategy(),
        "fallbackStep", choice.fallbackStep(),
        "propensity", choice.propensity(),
        "because", choice.reasons().stream().map(Reason::text).toList(),
        "keys",
            choice.reasons().stream()
                .map(reason -> Map.of("kind", reason.kind(), "key", reason.key()))
                .toList());
  }
}
