package io.marquetry.segmentation.core.computed;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much somebody leans to each of several things: <i>S / (S + 3)</i>, where <i>S</i> is the sum
 * of the weights that speak for it, faded.
 *
 * <p>Design note: the value says how sure one can be and not only which share is whose: one look
 * gives 0.25, three give 0.5, and it never quite reaches 1. A share of all looks, the usual
 * measure, would stay what it was however long nothing happens, and would be 1 after a single look.
 * What is below 0.02 is left out.
 */
final class Leaning {
  private static final double HALF = 3;
  private static final double LEAST = 0.02;

  private Leaning() {}

  /** From 0.02 to 1; null for less. */
  static @Nullable Double of(double mass) {
    double value = mass / (mass + HALF);
    return mass > 0 && value >= LEAST ? (Double) Rounded.of(value) : null;
  }

  /** The greatest first, of equals the first by name. */
  static Map<String, Object> all(Map<String, Double> masses) {
    var all = new LinkedHashMap<String, Object>();
    masses.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
        .forEach(
            entry -> {
              var value = of(entry.getValue());
              if (value != null) {
                all.put(entry.getKey(), value);
              }
            });
    return all;
  }

  /** What somebody leans to most; null where it is nothing. */
  static @Nullable String top(Map<String, Double> masses) {
    var all = all(masses);
    return all.isEmpty() ? null : all.keySet().iterator().next();
  }
}
