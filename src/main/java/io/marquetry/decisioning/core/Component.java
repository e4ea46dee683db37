package io.marquetry.decisioning.core;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One component, compiled. */
final class Component {
  private final String key;
  private final List<String> chain;
  private final Map<String, Variant> variants;
  private final List<Rule> rules;
  private final @Nullable Variant[] steps;

  /**
   * @param chain keys of its variants in the order in which they stand in for each other
   * @param variants those that compiled, by key
   * @param rules highest priority first, then by key
   */
  Component(String key, List<String> chain, Map<String, Variant> variants, List<Rule> rules) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.variants = Map.copyOf(variants);
    this.rules = List.copyOf(rules);
    this.steps = chain.stream().map(variants::get).toArray(Variant[]::new);
  }

  String key() {
    return key;
  }

  List<String> chain() {
    return chain;
  }

  Map<String, Variant> variants() {
    return variants;
  }

  List<Rule> rules() {
    return rules;
  }

  /** A variant of the chain, null where it is not defined or did not compile. */
  @Nullable Variant step(int index) {
    return steps[index];
  }
}
