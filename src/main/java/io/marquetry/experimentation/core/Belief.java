package io.marquetry.experimentation.core;

import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * What is believed of an arm's mean reward: a distribution over it, and the window outside of which
 * it has no weight that a double could show.
 */
public record Belief(ContinuousDistribution distribution, double low, double high) {
  private static final double TAIL = 1e-16;
  private static final double SIGMAS = 8.3;

  /** After successes and failures; both parameters more than 0. */
  public static Belief beta(double a, double b) {
    var beta = BetaDistribution.of(a, b);
    return new Belief(
        beta, beta.inverseCumulativeProbability(TAIL), beta.inverseSurvivalProbability(TAIL));
  }

  public static Belief normal(double mean, double deviation) {
    double least = Math.max(deviation, 1e-9 * (1 + Math.abs(mean)));
    return new Belief(
        NormalDistribution.of(mean, least), mean - SIGMAS * least, mean + SIGMAS * least);
  }

  public double mean() {
    return distribution.getMean();
  }

  public double variance() {
    return distribution.getVariance();
  }
}
