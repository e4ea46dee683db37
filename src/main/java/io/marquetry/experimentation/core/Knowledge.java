package io.marquetry.experimentation.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a bandit knows at the end of an epoch; with the next batch it makes the next epoch.
 *
 * @param evidence what is old weighs less
 * @param shown how many exposures of each arm came to their end, old ones too
 * @param drift of each arm
 * @param learning whether all arms were once shown often enough to be told apart
 */
public record Knowledge(
    Evidence evidence, Map<String, Double> shown, Map<String, Drift> drift, boolean learning) {
  public static final Knowledge NONE = new Knowledge(Evidence.NONE, Map.of(), Map.of(), false);

  public Knowledge {
    shown = Collections.unmodifiableMap(new LinkedHashMap<>(shown));
    drift = Collections.unmodifiableMap(new LinkedHashMap<>(drift));
  }

  double shown(String arm) {
    return shown.getOrDefault(arm, 0.0);
  }
}
