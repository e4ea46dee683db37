package io.marquetry.decisioning.core;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One component, compiled.
 *
 * @param chain keys of its variants in the order in which they stand in for each other
 * @param variants those that compiled, by key
 * @param rules highest priority first, then by key
 */
record Component(String key, List<String> chain, Map<String, Variant> variants, List<Rule> rules) {
  Component {
    chain = List.copyOf(chain);
    variants = Map.copyOf(variants);
    rules = List.copyOf(rules);
  }

  /** A variant of the chain, null where it is not defined or did not compile. */
  @Nullable Variant step(int index) {
    return variants.get(chain.get(index));
  }
}
