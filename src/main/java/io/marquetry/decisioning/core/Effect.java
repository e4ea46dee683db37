package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a rule does where it applies; variants are named by their number in the component. */
sealed interface Effect {
  /** What its reason says that the rule does. */
  String does();

  /** Shows a variant, where it may be shown. */
  record Show(Variant variant) implements Effect {
    @Override
    public String does() {
      return "shows “" + variant.key() + "”";
    }
  }

  /** Takes variants out. */
  record Exclude(List<Bar> bars, String does) implements Effect {}

  /** Why a variant may not be shown. */
  record Bar(int variant, Reason why) {}

  /** Moves variants up (a factor above 1) or down the chain. */
  record Boost(Map<Integer, Double> factors, String does) implements Effect {}

  /** Chooses among several variants, and may find that it has none. */
  sealed interface Strategy extends Effect permits FirstEligible, Lottery, ModelStrategy {}

  /** Shows the first of these that may be shown. */
  record FirstEligible(List<Variant> order) implements Strategy {
    static final String KIND = "first-eligible";

    @Override
    public String does() {
      return "chooses the first that fits";
    }
  }

  /** Takes variants out that the visitor was shown often enough. */
  record Limit(Cap cap, List<Bar> enough, List<Bar> uncounted, String does) implements Effect {}

  /**
   * Reads {@code then}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static Effect parse(
      String rule, String component, Map<?, ?> then, Variants variants, Strategies strategies) {
    if (then.containsKey("show")) {
      return new Show(variants.named("then.show", Bodies.text(then, "show")));
    }
    if (then.containsKey("exclude")) {
      return exclude(rule, variants, Bodies.texts("then.exclude", then.get("exclude")));
    }
    if (then.get("boost") instanceof Map<?, ?> boost) {
      return boost(variants, boost);
    }
    if (then.get("strategy") instanceof Map<?, ?> strategy) {
      return strategies.parse("then.strategy", component + "#" + rule, strategy, variants);
    }
    if (then.get("cap") instanceof Map<?, ?> cap) {
      return limit(rule, component, variants, cap);
    }
    throw new IllegalArgumentException(
        "then: one of show, exclude, boost, strategy and cap is expected");
  }

  private static Effect exclude(String rule, Variants variants, List<String> keys) {
    var bars = new ArrayList<Bar>();
    for (var key : keys) {
      // One that did not compile is out already.
      var variant = variants.find(key);
      if (variant != null) {
        bars.add(bar(variant, "is excluded by rule “" + rule + "”"));
      }
    }
    return new Exclude(List.copyOf(bars), "excludes “" + String.join("”, “", keys) + "”");
  }

  private static Bar bar(Variant variant, String why) {
    return new Bar(variant.number(), Variant.skipped(variant.key(), why));
  }

  private static Effect boost(Variants variants, Map<?, ?> boost) {
    var factors = new TreeMap<Integer, Double>();
    var words = new ArrayList<String>();
    boost.forEach(
        (key, value) -> {
          if (!(value instanceof Number factor) || !(factor.doubleValue() > 0)) {
            throw new IllegalArgumentException(
                "then.boost." + key + ": a number above 0 is expected");
          }
          var variant = variants.named("then.boost", String.valueOf(key));
          factors.put(variant.number(), factor.doubleValue());
          words.add("“" + key + "” by " + value);
        });
    return new Boost(Collections.unmodifiableMap(factors), "boosts " + String.join(", ", words));
  }

  private static Effect limit(String rule, String component, Variants variants, Map<?, ?> json) {
    var refs = new ArrayList<String>();
    var enough = new ArrayList<Bar>();
    var uncounted = new ArrayList<Bar>();
    int exposures = json.get("exposures") instanceof Number number ? number.intValue() : 0;
    var within = Bodies.text(json, "within");
    for (var key : Bodies.texts("then.cap.variants", json.get("variants"))) {
      var variant = variants.named("then.cap.variants", key);
      refs.add(component + "/" + key);
      enough.add(
          bar(
              variant,
              "was shown often enough: rule “%s” allows %d within %s"
                  .formatted(rule, exposures, within)));
      uncounted.add(
          bar(variant, "is capped by rule “" + rule + "”, and nobody is known to count for"));
    }
    var cap = new Cap(refs, exposures, millis(within));
    return new Limit(
        cap,
        List.copyOf(enough),
        List.copyOf(uncounted),
        "caps “" + String.join("”, “", refs) + "”");
  }

  private static long millis(String duration) {
    try {
      return Duration.parse(duration).toMillis();
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("then.cap.within: a duration such as P1D is expected", e);
    }
  }
}
