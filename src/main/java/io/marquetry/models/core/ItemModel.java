package io.marquetry.models.core;

import io.marquetry.bus.ModelsMessage.ScoredItem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A learned model of which items go together; immutable.
 *
 * <p>The score of an item is the sum of its shrunk cosine similarities to the items looked at
 * lately, earlier ones counting less. Its confidence is what can be said at least, with 95 %, of
 * the share of visitors of one of those items who also dealt with it. Where that leaves places
 * empty, the most popular items follow, with scores below all others and the confidence that their
 * popularity deserves: who knows nothing says little.
 *
 * @param version names the part of the event log it was learned from
 * @param people visitors it was learned from
 * @param neighbours of each item, best first
 * @param popular items by the share of visitors who dealt with them, best first
 */
record ItemModel(
    String version,
    long people,
    int items,
    Map<String, List<Neighbour>> neighbours,
    List<Neighbour> popular) {
  private static final double FADE = 0.8;
  private static final double BELOW = 1e-6;
  private static final Comparator<ScoredItem> BEST_FIRST =
      Comparator.comparingDouble(ScoredItem::score).reversed().thenComparing(ScoredItem::item);

  static final ItemModel NOTHING = new ItemModel("0", 0, 0, Map.of(), List.of());

  /** Another item, how near it is, and what is known of that at least. */
  record Neighbour(String item, double score, double atLeast) {}

  ItemModel {
    neighbours = Map.copyOf(neighbours);
    popular = List.copyOf(popular);
  }

  /**
   * The best items for somebody.
   *
   * @param recent items looked at lately, latest first; never named in the answer
   * @param candidates the only items that may be named; empty for all
   * @param k most items wanted
   */
  List<ScoredItem> recommend(List<String> recent, Collection<String> candidates, int k) {
    var found = new HashMap<String, ScoredItem>();
    double weight = 1;
    for (var item : recent) {
      for (var near : neighbours.getOrDefault(item, List.of())) {
        add(found, near, weight * near.score());
      }
      weight *= FADE;
    }
    for (var common : popular) {
      if (!found.containsKey(common.item())) {
        add(found, common, common.score() * BELOW);
      }
    }
    recent.forEach(found::remove);
    if (!candidates.isEmpty()) {
      found.keySet().retainAll(candidates);
    }
    var ranked = new ArrayList<>(found.values());
    ranked.sort(BEST_FIRST);
    return List.copyOf(ranked.subList(0, Math.min(k, ranked.size())));
  }

  private static void add(Map<String, ScoredItem> found, Neighbour near, double score) {
    found.merge(
        near.item(),
        new ScoredItem(near.item(), score, near.atLeast()),
        (one, other) ->
            new ScoredItem(
                one.item(),
                one.score() + other.score(),
                Math.max(one.confidence(), other.confidence())));
  }
}
