package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads strategies, of components and of rules, with what has been learned for them. */
final class Strategies {
  private final Map<String, AllocationTable> tables = new HashMap<>();

  /**
   * @param learned of several tables of one bandit the newest counts
   */
  Strategies(Collection<AllocationTable> learned) {
    for (var table : learned) {
      tables.merge(
          table.bandit(), table, (one, other) -> one.epoch() > other.epoch() ? one : other);
    }
  }

  /**
   * Reads {@code strategy}.
   *
   * @param at its path, for messages
   * @param key what its lots are drawn for where it says nothing itself
   * @throws IllegalArgumentException naming what is wrong
   */
  Effect.Strategy parse(String at, String key, Map<?, ?> json, Variants variants) {
    return switch (String.valueOf(json.get("kind"))) {
      case Effect.FirstEligible.KIND -> firstEligible(at, variants, json);
      case Lottery.EXPERIMENT -> Lottery.experiment(at, key, json, variants);
      case Lottery.BANDIT -> Lottery.bandit(at, key, json, variants, tables);
      case ModelStrategy.RANKING -> ModelStrategy.ranking(at, json, variants);
      case ModelStrategy.LIST -> ModelStrategy.list(at, json, variants);
      default ->
          throw new IllegalArgumentException(
              at
                  + ".kind: one of first-eligible, experiment, bandit, model and recommendation is"
                  + " expected");
    };
  }

  private static Effect.Strategy firstEligible(String at, Variants variants, Map<?, ?> json) {
    var order = new ArrayList<Variant>();
    for (var key : Bodies.texts(at + ".order", json.get("order"))) {
      order.add(variants.named(at + ".order", key));
    }
    return new Effect.FirstEligible(order.isEmpty() ? variants.chain() : List.copyOf(order));
  }
}
