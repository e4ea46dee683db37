package io.marquetry.decisioning.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variants of one component that compiled, and the order in which they stand in for each other.
 *
 * @param byKey each under its own number, from 0
 * @param steps keys of the fallback chain; one that is not defined or did not compile may be named
 * @param withinMillis how long a strategy may keep the component waiting; 0 for as long as the page
 */
record Variants(Map<String, Variant> byKey, List<String> steps, int withinMillis) {
  Variants {
    byKey = Map.copyOf(byKey);
    steps = List.copyOf(steps);
  }

  @Nullable Variant find(String key) {
    return byKey.get(key);
  }

  /**
   * @throws IllegalArgumentException naming the field where there is no such variant
   */
  Variant named(String field, String key) {
    var variant = byKey.get(key);
    if (variant == null) {
      throw new IllegalArgumentException(field + ": there is no variant " + key);
    }
    return variant;
  }

  /** Those of the chain that there are. */
  List<Variant> chain() {
    var chain = new ArrayList<Variant>();
    for (var key : steps) {
      var variant = byKey.get(key);
      if (variant != null) {
        chain.add(variant);
      }
    }
    return List.copyOf(chain);
  }
}
