package io.marquetry.models.core;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of a model's answer: all of it, or nothing.
 *
 * <p>Design note: a model is somebody else's program. Its answer must have as many items as scores,
 * no item twice, none that was not a candidate where candidates were given, and only finite
 * numbers; a single fault discards the answer, since whoever gets one number wrong may have got the
 * others wrong too. Outputs it leaves out: items, where candidates were given (the scores are in
 * their order then), and confidence, which counts as none.
 *
 * @param version as the model says; empty where it does not
 * @param items best first, as many as were asked for at most
 */
public record ModelAnswer(Outcome outcome, String version, List<ScoredItem> items) {
  /** Most items in an answer, over what was asked for. */
  private static final int MAX_ITEMS = 1_000;

  private static final int MAX_VERSION = 64;
  private static final Comparator<ScoredItem> BEST_FIRST =
      Comparator.comparingDouble(ScoredItem::score).reversed().thenComparing(ScoredItem::item);

  public ModelAnswer {
    items = List.copyOf(items);
  }

  private static ModelAnswer not(Outcome why) {
    return new ModelAnswer(why, "", List.of());
  }

  /**
   * Reads the body of an answer.
   *
   * @param candidates what was to be scored; empty where the model was to name the items
   * @param k most items wanted
   */
  public static ModelAnswer read(Map<String, Object> body, List<String> candidates, int k) {
    var outputs = body.get("outputs");
    var scores = Tensors.find(outputs, "scores");
    var data = scores == null ? null : Tensors.data(scores, MAX_ITEMS);
    var items = items(Tensors.find(outputs, "items"), candidates);
    var confidence = Tensors.find(outputs, "confidence");
    var trust = confidence == null ? List.<Object>of() : Tensors.data(confidence, MAX_ITEMS);
    if (data == null || items == null || trust == null || data.size() != items.size()) {
      return not(Outcome.MISSHAPEN);
    }
    if (confidence != null && trust.size() != items.size()) {
      return not(Outcome.MISSHAPEN);
    }
    return ranked(version(body), items, data, trust, k);
  }

  private static String version(Map<String, Object> body) {
    return body.get("model_version") instanceof String text && text.length() <= MAX_VERSION
        ? text
        : "";
  }

  private static @Nullable List<String> items(@Nullable Map<?, ?> tensor, List<String> candidates) {
    if (tensor == null) {
      return candidates.isEmpty() ? null : candidates;
    }
    var data = Tensors.data(tensor, MAX_ITEMS);
    if (data == null) {
      return null;
    }
    var seen = new HashSet<String>();
    var allowed = candidates.isEmpty() ? null : Set.copyOf(candidates);
    var items = new ArrayList<String>(data.size());
    for (var element : data) {
      var id = Items.id(element);
      if (id == null || !seen.add(id) || (allowed != null && !allowed.contains(id))) {
        return null;
      }
      items.add(id);
    }
    return items;
  }

  private static ModelAnswer ranked(
      String version, List<String> items, List<Object> scores, List<Object> trust, int k) {
    var ranked = new ArrayList<ScoredItem>(items.size());
    for (int i = 0; i < items.size(); i++) {
      double score = number(scores.get(i));
      double confidence = trust.isEmpty() ? 0 : number(trust.get(i));
      if (!Double.isFinite(score) || !Double.isFinite(confidence)) {
        return not(Outcome.NOT_FINITE);
      }
      ranked.add(new ScoredItem(items.get(i), score, Math.clamp(confidence, 0, 1)));
    }
    if (ranked.isEmpty()) {
      return not(Outcome.EMPTY);
    }
    ranked.sort(BEST_FIRST);
    return new ModelAnswer(
        Outcome.OK, version, ranked.subList(0, Math.min(ranked.size(), Math.max(1, k))));
  }

  /** Some servers write what JSON has no number for as a text. */
  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
