package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.bus.ModelsMessage.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes by the scores of a model: shows the variant that it ranks first, or a list of items that it
 * makes, in a variant for lists.
 *
 * @param arms the variants ranked; of a list the one that shows it
 * @param isList whether the model names items
 * @param minConfidence items with less are left out
 * @param words what is said, made when the plan is
 */
record ModelStrategy(
    ScoreNeed need, List<Variant> arms, boolean isList, double minConfidence, Words words)
    implements Effect.Strategy {
  static final String RANKING = "model";
  static final String LIST = "recommendation";

  private static final int FEW = 10;
  private static final int MOST = 50;

  /** Reasons that are the same for everybody. */
  record Words(
      Reason notAsked,
      Reason nothingSure,
      Map<Outcome, Reason> none,
      Map<Outcome, Reason> standIn,
      Map<Variant, Reason> chosen) {

    static Words of(ScoreNeed need, List<Variant> arms, boolean isList) {
      var model = need.model();
      var none = new HashMap<Outcome, Reason>();
      var standIn = new HashMap<Outcome, Reason>();
      for (var outcome : Outcome.values()) {
        var why = "model “" + model + "” " + said(outcome, need.withinMillis());
        none.put(outcome, new Reason("skipped", model, why));
        standIn.put(outcome, new Reason("model", model, why + "; an earlier answer stands in"));
      }
      var chosen = new HashMap<Variant, Reason>();
      for (var arm : arms) {
        var text =
            isList
                ? "“%s” shows what model “%s” recommends".formatted(arm.key(), model)
                : "“%s” is what model “%s” ranks first".formatted(arm.key(), model);
        chosen.put(arm, new Reason("model", model, text));
      }
      return new Words(
          new Reason("skipped", model, "model “" + model + "” could not be asked here"),
          new Reason("skipped", model, "model “" + model + "” is not sure enough of anything"),
          Map.copyOf(none),
          Map.copyOf(standIn),
          Map.copyOf(chosen));
    }

    private static String said(Outcome outcome, int withinMillis) {
      return switch (outcome) {
        case OK, EMPTY -> "has nothing for this visitor";
        case UNKNOWN -> "is not defined, or switched off";
        case LATE ->
            withinMillis == 0
                ? "gave no answer in the time the page had"
                : "gave no answer in the " + withinMillis + " ms this component waits at most";
        case OPEN -> "is left alone for a while, since it failed again and again";
        case OVERLOADED -> "has too many questions waiting";
        case UNREACHABLE -> "cannot be reached";
        case REFUSED -> "answered with an error";
        case GARBAGE, MISSHAPEN, NOT_FINITE -> "gave an answer that makes no sense";
      };
    }
  }

  @Override
  public String does() {
    return "goes by model “" + need.model() + "”";
  }

  String kind() {
    return isList ? LIST : RANKING;
  }

  /** Why there are no scores to go by. */
  Reason inVain(@Nullable Scored scored) {
    if (scored == null) {
      return words.notAsked();
    }
    return scored.items().isEmpty()
        ? words.none().getOrDefault(scored.outcome(), words.nothingSure())
        : words.nothingSure();
  }

  /** What is to be said beside the choice; null where the answer is fresh. */
  @Nullable Reason standIn(Scored scored) {
    return scored.source() == Source.CACHED ? words.standIn().get(scored.outcome()) : null;
  }

  /** The items one may rely on. */
  List<ScoredItem> sure(Scored scored) {
    return scored.items().stream().filter(item -> item.confidence() >= minConfidence).toList();
  }

  /**
   * Reads {@code {kind: "model", model, arms?, minConfidence?}}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static ModelStrategy ranking(String at, Map<?, ?> json, Variants variants) {
    var arms = new ArrayList<Variant>();
    for (var key : Bodies.texts(at + ".arms", json.get("arms"))) {
      arms.add(variants.named(at + ".arms", key));
    }
    if (arms.isEmpty()) {
      variants.chain().stream().limit(MOST).forEach(arms::add);
    }
    var model = Bodies.text(json, "model");
    var keys = arms.stream().map(Variant::key).toList();
    var need = new ScoreNeed(model, keys, keys.size(), variants.withinMillis());
    return new ModelStrategy(
        need, List.copyOf(arms), false, confidence(json), Words.of(need, arms, false));
  }

  /**
   * Reads {@code {kind: "recommendation", model, show, limit?, minConfidence?}}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static ModelStrategy list(String at, Map<?, ?> json, Variants variants) {
    var arms = List.of(variants.named(at + ".show", Bodies.text(json, "show")));
    var model = Bodies.text(json, "model");
    int k = json.get("limit") instanceof Number number ? number.intValue() : FEW;
    var need = new ScoreNeed(model, List.of(), Math.clamp(k, 1, MOST), variants.withinMillis());
    return new ModelStrategy(need, arms, true, confidence(json), Words.of(need, arms, true));
  }

  private static double confidence(Map<?, ?> json) {
    return json.get("minConfidence") instanceof Number number ? number.doubleValue() : 0;
  }
}
