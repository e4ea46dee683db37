package io.marquetry.decisioning.core;

import java.util.List;

/**
 * Scores that a strategy would like to have.
 *
 * @param candidates what is to be scored; empty to have the model name the items itself
 * @param k most items wanted
 */
public record ScoreNeed(String model, List<String> candidates, int k) {
  public ScoreNeed {
    candidates = List.copyOf(candidates);
  }
}
