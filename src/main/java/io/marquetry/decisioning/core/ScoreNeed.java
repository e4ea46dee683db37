package io.marquetry.decisioning.core;

import java.util.List;

/**
 * Scores that a strategy would like to have.
 *
 * @param candidates what is to be scored; empty to have the model name the items itself
 * @param k most items wanted
 * @param withinMillis how long the component waits for them at most; 0 for as long as the page does
 */
public record ScoreNeed(String model, List<String> candidates, int k, int withinMillis) {
  public ScoreNeed {
    candidates = List.copyOf(candidates);
  }

  public ScoreNeed(String model, List<String> candidates, int k) {
    this(model, candidates, k, 0);
  }
}
