package io.marquetry.catalogue.core;

import io.marquetry.bandit.BanditSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a strategy may say, of a component or in a rule. */
final class StrategyDefinitions {
  private static final int MAX_ARMS = 50;
  private static final double MAX_WEIGHT = 1_000_000;
  private static final List<String> KINDS =
      List.of("first-eligible", "experiment", "bandit", "model", "recommendation");

  private StrategyDefinitions() {}

  /**
   * @param variant what is asked of a variant that is named
   */
  static Map<String, Object> check(Body strategy, Body.Check variant) {
    var kind = strategy.oneOf("kind", KINDS.getFirst(), KINDS);
    switch (kind) {
      case "experiment" -> experiment(strategy, variant);
      case "bandit" -> bandit(strategy, variant);
      case "model" -> model(strategy, variant);
      case "recommendation" -> recommendation(strategy, variant);
      default -> order(strategy, variant);
    }
    var done = strategy.done();
    if (kind.equals("bandit")) {
      checkLearning(strategy, done);
    }
    return done;
  }

  /** What a bandit learns by is read by the same rules as by whoever learns. */
  private static void checkLearning(Body strategy, Map<String, Object> bandit) {
    try {
      BanditSpec.parse(bandit);
    } catch (IllegalArgumentException e) {
      var message = String.valueOf(e.getMessage());
      int colon = message.indexOf(": ");
      throw strategy.fault(message.substring(0, colon), message.substring(colon + 2));
    }
  }

  private static void order(Body strategy, Body.Check variant) {
    var order = strategy.texts("order", MAX_ARMS, variant);
    if (order != null && order.isEmpty()) {
      throw strategy.fault("order", "must name at least one variant");
    }
  }

  private static void optionalKey(Body strategy) {
    if (strategy.value("key") != null) {
      strategy.key("key");
    }
  }

  private static void experiment(Body strategy, Body.Check variant) {
    optionalKey(strategy);
    if (!(strategy.value("arms") instanceof List<?> arms)
        || arms.isEmpty()
        || arms.size() > MAX_ARMS) {
      throw strategy.fault("arms", "is required: a list of {variant, weight}, at most " + MAX_ARMS);
    }
    var kept = new ArrayList<Map<String, Object>>();
    var seen = new HashSet<String>();
    for (int i = 0; i < arms.size(); i++) {
      var at = strategy.path("arms") + "[" + i + "]";
      var arm = arm(at, arms.get(i), variant);
      if (!seen.add(String.valueOf(arm.get("variant")))) {
        throw Body.wrong(at, "is there twice");
      }
      kept.add(arm);
    }
    strategy.keep("arms", List.copyOf(kept));
    strategy.inner("namespace", StrategyDefinitions::namespace);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> arm(String at, @Nullable Object json, Body.Check variant) {
    if (!(json instanceof Map<?, ?> map)) {
      throw Body.wrong(at, "must be an object of variant and weight");
    }
    var body = Body.at(at, (Map<String, Object>) map);
    variant.check(body.path("variant"), body.key("variant"));
    var weight = body.value("weight");
    boolean fits =
        weight == null
            || (weight instanceof Number number
                && number.doubleValue() > 0
                && number.doubleValue() <= MAX_WEIGHT);
    if (!fits) {
      throw body.fault("weight", "must be a number above 0, at most 1000000");
    }
    body.keep("weight", weight == null ? 1L : weight);
    return body.done();
  }

  private static Map<String, Object> namespace(Body namespace) {
    namespace.key("key");
    double from = share(namespace, "from", 0);
    double to = share(namespace, "to", 1);
    if (from >= to) {
      throw namespace.fault("to", "must be more than from");
    }
    return namespace.done();
  }

  private static double share(Body namespace, String field, long fallback) {
    namespace.number(field, fallback, 0, 1);
    return namespace.value(field) instanceof Number number ? number.doubleValue() : fallback;
  }

  private static void bandit(Body strategy, Body.Check variant) {
    optionalKey(strategy);
    var arms = strategy.texts("arms", MAX_ARMS, variant);
    if (arms == null || new HashSet<>(arms).size() < 2) {
      throw strategy.fault("arms", "is required: a list of at least two variants");
    }
    strategy.keepRest();
  }

  private static void model(Body strategy, Body.Check variant) {
    strategy.key("model");
    var arms = strategy.texts("arms", MAX_ARMS, variant);
    if (arms != null && arms.isEmpty()) {
      throw strategy.fault("arms", "must name at least one variant");
    }
    share(strategy, "minConfidence", 0);
  }

  private static void recommendation(Body strategy, Body.Check variant) {
    strategy.key("model");
    variant.check(strategy.path("show"), strategy.key("show"));
    strategy.number("limit", 10, 1, MAX_ARMS);
    share(strategy, "minConfidence", 0);
  }

  /** The variants that a stored strategy names. */
  static List<String> named(Map<?, ?> strategy) {
    var named = new ArrayList<String>();
    for (var field : List.of("order", "arms")) {
      if (strategy.get(field) instanceof List<?> list) {
        for (var one : list) {
          named.add(String.valueOf(one instanceof Map<?, ?> arm ? arm.get("variant") : one));
        }
      }
    }
    if (strategy.get("show") instanceof String show) {
      named.add(show);
    }
    return named;
  }
}
