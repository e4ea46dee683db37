package io.marquetry.experimentation.core;

import io.marquetry.bandit.BanditSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is believed of every arm in every context.
 *
 * <p>Design note: contexts with few visitors borrow from the others. What the others have in common
 * is an arm's prior here; it weighs less the more the contexts differ, and never more than {@value
 * #MOST_BORROWED} visitors, so that a context that is different shows it. The contextual bandit
 * borrows through its weights instead, which combinations share.
 */
final class Beliefs {
  static final double MOST_BORROWED = 200;

  private static final double LEAST_BORROWED = 2;
  private static final double BASE_PRECISION = 1 / (1.5 * 1.5);
  private static final double EFFECT_PRECISION = 1;

  private final BanditSpec spec;
  private final List<Context> contexts;
  private final Evidence evidence;

  Beliefs(BanditSpec spec, List<Context> contexts, Evidence evidence) {
    this.spec = spec;
    this.contexts = contexts;
    this.evidence = evidence;
  }

  /** By the key of the context; arms in the order given. */
  Map<String, List<Belief>> of(List<String> arms) {
    var beliefs = new LinkedHashMap<String, List<Belief>>();
    contexts.forEach(context -> beliefs.put(context.key(), new ArrayList<>()));
    for (var arm : arms) {
      var fit = spec.contextual() ? fit(arm) : null;
      for (var context : contexts) {
        var belief =
            fit != null
                ? fit.at(context.features(spec.segments()))
                : spec.reward().value() == null ? chance(context, arm) : amount(context, arm);
        beliefs.getOrDefault(context.key(), new ArrayList<>()).add(belief);
      }
    }
    return beliefs;
  }

  /** The mean reward that a belief stands for. */
  double mean(Belief belief) {
    return spec.contextual() ? 1 / (1 + Math.exp(-belief.mean())) : belief.mean();
  }

  /** The variance of that mean. */
  double variance(Belief belief) {
    if (!spec.contextual()) {
      return belief.variance();
    }
    double slope = mean(belief) * (1 - mean(belief));
    return slope * slope * belief.variance();
  }

  private LogisticFit fit(String arm) {
    var cells = new ArrayList<LogisticFit.Cell>();
    for (var context : contexts) {
      var tally = evidence.at(context.key(), arm);
      if (tally.count() > 0) {
        cells.add(
            new LogisticFit.Cell(context.features(spec.segments()), tally.count(), tally.sum()));
      }
    }
    var all = evidence.all();
    double rate = (all.sum() + 1) / (all.count() + 2);
    var mean = new double[spec.segments().size() + 1];
    mean[0] = Math.log(rate / (1 - rate));
    var precision = new double[mean.length];
    java.util.Arrays.fill(precision, EFFECT_PRECISION);
    precision[0] = BASE_PRECISION;
    return LogisticFit.of(cells, mean, precision);
  }

  private Belief chance(Context context, String arm) {
    var own = evidence.at(context.key(), arm);
    double a = 1;
    double b = 1;
    var elsewhere = evidence.of(arm).minus(own);
    if (elsewhere.count() > 0) {
      var others = others(context, arm);
      double strength = others.mean() * (1 - others.mean()) / spread(others) - 1;
      double most = Math.min(MOST_BORROWED, Math.max(LEAST_BORROWED, elsewhere.count()));
      strength = Math.clamp(strength, LEAST_BORROWED, most);
      a = strength * others.mean();
      b = strength * (1 - others.mean());
    }
    return Belief.beta(a + Math.max(0, own.sum()), b + Math.max(0, own.count() - own.sum()));
  }

  private static double spread(Pooled others) {
    return others.between() + others.variance();
  }

  private Belief amount(Context context, String arm) {
    var own = evidence.at(context.key(), arm);
    double noise = Math.max(noise(), 1e-12);
    double mean = evidence.all().mean();
    double precision = 1 / noise;
    if (evidence.of(arm).count() > own.count()) {
      var others = others(context, arm);
      mean = others.mean();
      precision = Math.clamp(1 / spread(others), precision, MOST_BORROWED / noise);
    }
    double sum = precision + own.count() / noise;
    return Belief.normal((precision * mean + own.sum() / noise) / sum, Math.sqrt(1 / sum));
  }

  /** Variance of a single reward within an arm, the same for all so that few cannot feign none. */
  double noise() {
    double squares = 0;
    double count = 0;
    for (var arm : evidence.arms()) {
      var tally = evidence.of(arm);
      squares += tally.variance() * tally.count();
      count += tally.count();
    }
    return count > 0 ? squares / count : 1;
  }

  /** What the other contexts have in common; how much contexts differ is told from all of them. */
  private Pooled others(Context here, String arm) {
    var all = estimates(arm, contexts);
    var others = estimates(arm, contexts.stream().filter(one -> !one.equals(here)).toList());
    double between = Pooled.of(all.means, all.variances).between();
    return Pooled.with(others.means, others.variances, between, 0);
  }

  private Estimates estimates(String arm, List<Context> those) {
    var tallies =
        those.stream()
            .map(context -> evidence.at(context.key(), arm))
            .filter(tally -> tally.count() > 0)
            .toList();
    var estimates = new Estimates(new double[tallies.size()], new double[tallies.size()]);
    double noise = spec.reward().value() == null ? 0 : Math.max(noise(), 1e-12);
    for (int i = 0; i < tallies.size(); i++) {
      var tally = tallies.get(i);
      double rate = (Math.max(0, tally.sum()) + 0.5) / (tally.count() + 1);
      rate = Math.min(rate, 1 - 0.5 / (tally.count() + 1));
      estimates.means[i] = noise > 0 ? tally.mean() : rate;
      estimates.variances[i] = (noise > 0 ? noise : rate * (1 - rate)) / tally.count();
    }
    return estimates;
  }

  @SuppressWarnings("ArrayRecordComponent") // never leaves this class
  private record Estimates(double[] means, double[] variances) {}
}
