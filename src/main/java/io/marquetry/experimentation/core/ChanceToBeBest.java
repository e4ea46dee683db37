package io.marquetry.experimentation.core;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * How likely each arm is the best one: the probability that Thompson sampling would draw it.
 *
 * <p>Design note: for independent beliefs it is ∫ fᵢ ∏ⱼ≠ᵢ Fⱼ, which quadrature gives to about
 * fifteen digits where draws would give two. The line is cut at the edges and the middle of every
 * belief, so that a narrow one among wide ones is not stepped over, and all arms share the nodes.
 */
public final class ChanceToBeBest {
  private static final GaussLegendre RULE = new GaussLegendre(32);

  private ChanceToBeBest() {}

  /** For each belief, in that order; they add up to 1. */
  public static double[] of(List<Belief> beliefs) {
    int arms = beliefs.size();
    if (arms == 1) {
      return new double[] {1};
    }
    var chances = new double[arms];
    var cuts = cuts(beliefs);
    double from = cuts.first();
    for (double to : cuts.tailSet(from, false)) {
      panel(beliefs, from, to, chances);
      from = to;
    }
    double sum = 0;
    for (double chance : chances) {
      sum += chance;
    }
    for (int i = 0; i < arms; i++) {
      chances[i] /= sum;
    }
    return chances;
  }

  private static NavigableSet<Double> cuts(List<Belief> beliefs) {
    var cuts = new TreeSet<Double>();
    for (var belief : beliefs) {
      cuts.add(belief.low());
      double deviation = Math.sqrt(belief.variance());
      for (int sigmas = -3; sigmas <= 3; sigmas += 3) {
        double cut = belief.mean() + sigmas * deviation;
        if (cut > belief.low() && cut < belief.high()) {
          cuts.add(cut);
        }
      }
      cuts.add(belief.high());
    }
    return cuts;
  }

  private static void panel(List<Belief> beliefs, double from, double to, double[] chances) {
    int arms = beliefs.size();
    var below = new double[arms];
    var before = new double[arms + 1];
    before[0] = 1;
    double half = (to - from) / 2;
    for (int node = 0; node < RULE.nodes.length; node++) {
      double x = from + half * (1 + RULE.nodes[node]);
      for (int i = 0; i < arms; i++) {
        below[i] = beliefs.get(i).distribution().cumulativeProbability(x);
        before[i + 1] = before[i] * below[i];
      }
      double behind = half * RULE.weights[node];
      for (int i = arms - 1; i >= 0; i--) {
        double others = before[i] * behind;
        if (others > 0) {
          chances[i] += others * density(beliefs.get(i), x);
        }
        behind *= below[i];
      }
    }
  }

  /** A belief flat to its edge has a density without bound there; its nodes are never on it. */
  private static double density(Belief belief, double x) {
    return x <= belief.low() || x >= belief.high() ? 0 : belief.distribution().density(x);
  }
}
