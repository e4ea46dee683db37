package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One component, compiled. */
final class Component {
  private static final int MOST_WAYS = 512;

  private final String key;
  private final Variants variants;
  private final Rule[] rules;
  private final Effect.@Nullable Strategy strategy;
  private final @Nullable Variant[] steps;
  private final Reason[] undefined;
  private final Reason nothingFits;
  private final Reason noneOfStrategy;
  private final Trace beginning = Trace.beginning(MOST_WAYS);

  /**
   * @param rules highest priority first, then by key
   * @param strategy stands between rules and chain; null where there is none
   */
  Component(String key, Variants variants, List<Rule> rules, Effect.@Nullable Strategy strategy) {
    this.key = key;
    this.variants = variants;
    this.rules = rules.toArray(Rule[]::new);
    this.strategy = strategy;
    this.steps = variants.steps().stream().map(variants::find).toArray(Variant[]::new);
    this.undefined =
        variants.steps().stream()
            .map(step -> Variant.skipped(step, "is not defined"))
            .toArray(Reason[]::new);
    this.nothingFits = new Reason("fallback", key, "no variant fits; the page's own markup stays");
    this.noneOfStrategy = new Reason("skipped", key, "none of its variants may be shown");
  }

  String key() {
    return key;
  }

  Variants variants() {
    return variants;
  }

  Rule[] rules() {
    return rules;
  }

  Effect.@Nullable Strategy strategy() {
    return strategy;
  }

  /** How many steps the fallback chain has. */
  int steps() {
    return steps.length;
  }

  /** A variant of the chain, null where it is not defined or did not compile. */
  @Nullable Variant step(int index) {
    return steps[index];
  }

  /** What is said of a step without a variant. */
  Reason undefined(int step) {
    return undefined[step];
  }

  Reason nothingFits() {
    return nothingFits;
  }

  Reason noneOfStrategy() {
    return noneOfStrategy;
  }

  /** Where every deliberation on it begins. */
  Trace beginning() {
    return beginning;
  }
}
