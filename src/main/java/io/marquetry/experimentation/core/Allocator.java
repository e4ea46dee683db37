package io.marquetry.experimentation.core;

import io.marquetry.bandit.BanditSpec;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Divides visitors among arms for the next epoch.
 *
 * <p>Design note: Thompson sampling without the sampling. Instead of drawing for every visitor, the
 * probability of each arm being drawn is worked out once for an epoch and published. Propensities
 * are then exact, the same visitor sees the same thing, and a decision can be replayed. Guard rails
 * in this order: an even split until every arm was shown {@value #FIRST_SHOWN} times, a floor under
 * every arm, a small fixed share for an arm that came later until it was shown as often, and at
 * most {@value #MOST_SHIFT} of the visitors of an arm moved at once.
 */
public final class Allocator {
  static final double FIRST_SHOWN = 100;
  static final double MOST_SHIFT = 0.2;

  private static final double NEWCOMER = 0.05;
  private static final double MOST_NEWCOMERS = 0.5;
  private static final double AFTER_ALARM = 0.5;

  private final BanditSpec spec;
  private final List<String> arms;
  private final List<Context> contexts;
  private final double floor;

  /**
   * @param arms at least two, at most {@link BanditSpec#MOST_ARMS}
   */
  public Allocator(BanditSpec spec, List<String> arms) {
    this.spec = spec;
    this.arms = List.copyOf(arms);
    this.contexts = Context.of(spec);
    this.floor = spec.floor(arms.size());
  }

  /**
   * An epoch's end.
   *
   * @param rows one for each context, in the order in which they are tried
   * @param alarms arms that no longer do as they did
   */
  public record Next(Knowledge knowledge, List<AllocationRow> rows, List<String> alarms) {
    public Next {
      rows = List.copyOf(rows);
      alarms = List.copyOf(alarms);
    }
  }

  /**
   * Learns from a batch and divides anew.
   *
   * @param before the table so far; null where there is none
   * @param batch exposures that came to their end since
   * @param hours since the epoch before began
   */
  public Next next(
      @Nullable AllocationTable before, Knowledge known, Evidence batch, double hours) {
    var keys = new HashSet<String>();
    contexts.forEach(context -> keys.add(context.key()));
    var fresh = batch.within(keys);
    var old = known.evidence().within(keys);
    var drift = drift(known, old, fresh);
    var alarms =
        arms.stream().filter(arm -> drift.getOrDefault(arm, Drift.NONE).isAlarm()).toList();
    alarms.forEach(arm -> drift.put(arm, Drift.NONE));
    double kept = Math.pow(spec.discount(), hours);
    var evidence =
        old.map((arm, tally) -> tally.times(alarms.contains(arm) ? kept * AFTER_ALARM : kept))
            .plus(fresh);
    var shown = new LinkedHashMap<>(known.shown());
    fresh.arms().forEach(arm -> shown.merge(arm, fresh.of(arm).count(), Double::sum));
    boolean learning =
        known.learning()
            || arms.stream().allMatch(arm -> shown.getOrDefault(arm, 0.0) >= FIRST_SHOWN);
    var knowledge = new Knowledge(evidence, shown, drift, learning);
    return new Next(knowledge, rows(before, knowledge), alarms);
  }

  private Map<String, Drift> drift(Knowledge known, Evidence old, Evidence fresh) {
    var drift = new LinkedHashMap<>(known.drift());
    if (!known.learning()) {
      return drift;
    }
    var beliefs = new Beliefs(spec, contexts, old);
    var believed = beliefs.of(arms);
    for (int arm = 0; arm < arms.size(); arm++) {
      var key = arms.get(arm);
      double expected = 0;
      double variance = 0;
      double count = 0;
      double noise = spec.reward().value() == null ? 0 : beliefs.noise();
      for (var context : contexts) {
        double n = fresh.at(context.key(), key).count();
        var belief = believed.getOrDefault(context.key(), List.of()).get(arm);
        double mean = beliefs.mean(belief);
        expected += n * mean;
        double single = noise > 0 ? noise : mean * (1 - mean);
        variance += n * single + n * n * beliefs.variance(belief);
        count += n;
      }
      if (count > 0 && variance > 0 && known.shown(key) >= FIRST_SHOWN) {
        double deviation = (fresh.of(key).sum() - expected) / Math.sqrt(variance);
        drift.put(key, drift.getOrDefault(key, Drift.NONE).after(deviation));
      }
    }
    return drift;
  }

  private List<AllocationRow> rows(@Nullable AllocationTable before, Knowledge knowledge) {
    var believed = new Beliefs(spec, contexts, knowledge.evidence()).of(arms);
    var rows = new ArrayList<AllocationRow>();
    for (var context : contexts) {
      var best = ChanceToBeBest.of(believed.getOrDefault(context.key(), List.of()));
      var shares =
          knowledge.learning()
              ? shares(before, context, knowledge, believed.getOrDefault(context.key(), List.of()))
              : Shares.even(arms.size());
      rows.add(new AllocationRow(context.segments(), list(shares), list(best)));
    }
    return rows;
  }

  private double[] shares(
      @Nullable AllocationTable before,
      Context context,
      Knowledge knowledge,
      List<Belief> believed) {
    var newcomers = new boolean[arms.size()];
    var grown = new ArrayList<Belief>();
    for (int i = 0; i < newcomers.length; i++) {
      newcomers[i] = knowledge.shown(arms.get(i)) < FIRST_SHOWN;
      if (!newcomers[i]) {
        grown.add(believed.get(i));
      }
    }
    var target = target(newcomers, grown);
    var from = from(before, context, target);
    var shares = Shares.towards(from, target, MOST_SHIFT);
    double least = Arrays.stream(shares).min().orElse(0);
    // Where the floor was raised or an arm went, the way there begins below the floor.
    return least < floor - 1e-12 ? Shares.floored(shares, floor) : shares;
  }

  private double newcomersShare(int newcomers) {
    return Math.min(newcomers * (floor + NEWCOMER), MOST_NEWCOMERS);
  }

  private double[] target(boolean[] newcomers, List<Belief> grown) {
    int young = arms.size() - grown.size();
    if (grown.isEmpty()) {
      return Shares.even(arms.size());
    }
    double forYoung = newcomersShare(young);
    var best = ChanceToBeBest.of(grown);
    double free = 1 - forYoung - grown.size() * floor;
    var target = new double[arms.size()];
    int next = 0;
    for (int i = 0; i < target.length; i++) {
      target[i] = newcomers[i] ? forYoung / young : floor + free * best[next++];
    }
    return target;
  }

  /** The shares so far; arms that were not there take what they are to have from all others. */
  private double[] from(@Nullable AllocationTable before, Context context, double[] target) {
    var row = before == null ? null : row(before, context);
    if (before == null || row == null) {
      return Shares.even(arms.size());
    }
    var from = new double[arms.size()];
    double known = 0;
    double added = 0;
    for (int i = 0; i < from.length; i++) {
      int at = before.arms().indexOf(arms.get(i));
      from[i] = at < 0 ? target[i] : row.probabilities().get(at);
      known += at < 0 ? 0 : from[i];
      added += at < 0 ? from[i] : 0;
    }
    if (known == 0) {
      return target;
    }
    for (int i = 0; i < from.length; i++) {
      from[i] = before.arms().contains(arms.get(i)) ? from[i] * (1 - added) / known : from[i];
    }
    return from;
  }

  /** Somebody whose context was not told apart so far was treated as everybody was. */
  private static @Nullable AllocationRow row(AllocationTable table, Context context) {
    for (var row : table.rows()) {
      if (row.segments().equals(context.segments())) {
        return row;
      }
    }
    return table.rows().isEmpty() ? null : table.rows().getLast();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
