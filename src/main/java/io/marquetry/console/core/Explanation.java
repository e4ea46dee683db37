package io.marquetry.console.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.Map;

/** Why a decision came out as it did, as it was noted when it was made. */
public final class Explanation {
  private static final String SEGMENTS = "segments";

  private Explanation() {}

  /**
   * In the shape of {@code decisions.explain}: for each component what it shows, the reasons in
   * plain words in the order in which they came up; for the whole what was read.
   */
  public static Map<String, Object> of(DecisionRecord decision) {
    return Views.object(
        "decisionId", decision.decision().toString(),
        "at", Times.iso(decision.at()),
        "mode", decision.mode().key(),
        "basis", basis(decision),
        "definitionsVersion", decision.definitions(),
        "consentVersion", decision.consentVersion(),
        "signals", decision.signals(),
        "components", decision.choices().stream().map(Explanation::component).toList());
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
