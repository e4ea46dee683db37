package io.marquetry.console.core;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Why a slot showed what it did: it was chosen for the visitor, or what stood in the way of that.
 *
 * <p>What stood in the way of a whole page comes before what stood in the way of a slot, and stands
 * first among the reasons of each of its choices.
 */
public enum Cause {
  CHOSEN("Chosen for the visitor, by a rule, an experiment, a bandit or a model"),
  FALLBACK("Nothing was chosen; the fallback chain of the component stood in"),
  MARKUP("No variant could be shown; the page's own markup stayed"),
  CONTROL("The visitor is in the control group, which sees the baseline"),
  CONSENT("The visitor did not consent to personalization, or it was not certain"),
  PROFILE("The visitor's profile was not in memory, or still loading");

  /** What stands in where nothing was chosen, as coverage counts it too. */
  private static final Set<String> STAND_INS = Set.of("fallback", "baseline", "none");

  private final String text;

  Cause(String text) {
    this.text = text;
  }

  /** The name used in JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of one choice of a decision that was made in this mode. */
  public static Cause of(Mode mode, Choice choice) {
    if (mode == Mode.HOLDOUT) {
      return CONTROL;
    }
    if (mode == Mode.CONTEXTUAL && !choice.reasons().isEmpty()) {
      var first = choice.reasons().getFirst();
      if (first.kind().equals("consent")) {
        return CONSENT;
      }
      if (first.kind().equals("error") && first.key().equals("profile")) {
        return PROFILE;
      }
    }
    if (choice.variant() == null) {
      return MARKUP;
    }
    boolean chosen = mode == Mode.PERSONALIZED && !STAND_INS.contains(choice.strategy());
    return chosen ? CHOSEN : FALLBACK;
  }

  /** How many slots of these decisions rest on what, most first, as JSON. */
  public static List<Map<String, Object>> tally(List<DecisionRecord> decisions) {
    var slots = new EnumMap<Cause, Long>(Cause.class);
    for (var decision : decisions) {
      for (var choice : decision.choices()) {
        slots.merge(of(decision.mode(), choice), 1L, Long::sum);
      }
    }
    double all = slots.values().stream().mapToLong(Long::longValue).sum();
    return slots.entrySet().stream()
        .sorted(Map.Entry.<Cause, Long>comparingByValue().reversed())
        .map(
            one ->
                Views.object(
                    "cause",
                    one.getKey().key(),
                    "text",
                    one.getKey().text,
                    "slots",
                    one.getValue(),
                    "share",
                    one.getValue() / all))
        .toList();
  }
}
