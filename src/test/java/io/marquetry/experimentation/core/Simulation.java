package io.marquetry.experimentation.core;

import io.marquetry.bandit.BanditSpec;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Visitors whose true inclinations are known, shown what a bandit says; all from one seed. */
final class Simulation {
  /** The true chance of a reward. */
  interface Truth {
    double of(int epoch, String context, String arm);
  }

  /** How a bandit goes from one epoch to the next. */
  interface Player {
    AllocationTable next(AllocationTable before, Evidence batch, int epoch);
  }

  /**
   * What came of it.
   *
   * @param regret rewards missed, against the best arm of each visitor's context
   * @param least smallest share an arm ever had after the even split
   */
  record Played(double regret, double uniformRegret, double least, List<AllocationTable> tables) {
    AllocationTable last() {
      return tables.getLast();
    }
  }

  private final List<String> arms;
  private final Map<String, Integer> visitors;
  private final Truth truth;
  private final int delay;

  /**
   * @param visitors an epoch, by the key of their context
   * @param delay epochs until a reward is known
   */
  Simulation(List<String> arms, Map<String, Integer> visitors, Truth truth, int delay) {
    this.arms = arms;
    this.visitors = visitors;
    this.truth = truth;
    this.delay = delay;
  }

  static BanditSpec spec(Map<String, Object> more) {
    var body = new LinkedHashMap<String, Object>(more);
    body.put("kind", "bandit");
    body.putIfAbsent("arms", List.of("a", "b"));
    body.putIfAbsent("reward", Map.of("event", "Order Completed"));
    return BanditSpec.parse(body);
  }

  /** The one under test; an epoch is an hour. */
  static Player player(BanditSpec spec, List<String> arms) {
    var allocator = new Allocator(spec, arms);
    var known = new Knowledge[] {Knowledge.NONE};
    return (before, batch, epoch) -> {
      var next = allocator.next(epoch == 0 ? null : before, known[0], batch, 1);
      known[0] = next.knowledge();
      return new AllocationTable("hero", epoch, arms, next.rows());
    };
  }

  Played play(Player player, int epochs, long seed) {
    var random = new SplittableRandom(seed);
    var pending = new ArrayDeque<Evidence>();
    var tables = new ArrayList<AllocationTable>();
    double regret = 0;
    double uniform = 0;
    double least = 1;
    var table = new AllocationTable("hero", -1, arms, List.of());
    for (int epoch = 0; epoch < epochs; epoch++) {
      var batch = pending.size() > delay ? pending.remove() : Evidence.NONE;
      table = player.next(table, batch, epoch);
      tables.add(table);
      var seen = new LinkedHashMap<String, Map<String, Tally>>();
      for (var kind : visitors.entrySet()) {
        var shares = row(table, kind.getKey());
        least = Math.min(least, shares.stream().mapToDouble(one -> one).min().orElse(1));
        double best = 0;
        double mean = 0;
        for (var arm : arms) {
          double chance = truth.of(epoch, kind.getKey(), arm);
          best = Math.max(best, chance);
          mean += chance / arms.size();
        }
        var tallies = seen.computeIfAbsent(kind.getKey(), first -> new LinkedHashMap<>());
        for (int i = 0; i < kind.getValue(); i++) {
          var arm = arms.get(draw(shares, random));
          double chance = truth.of(epoch, kind.getKey(), arm);
          regret += best - chance;
          uniform += best - mean;
          tallies.merge(arm, Tally.of(1, random.nextDouble() < chance ? 1 : 0), Tally::plus);
        }
      }
      pending.add(new Evidence(seen));
    }
    return new Played(regret, uniform, least, tables);
  }

  static List<Double> row(AllocationTable table, String context) {
    for (var row : table.rows()) {
      if (new Context(row.segments()).key().equals(context)) {
        return row.probabilities();
      }
    }
    return table.rows().getLast().probabilities();
  }

  private static int draw(List<Double> shares, SplittableRandom random) {
    double lot = random.nextDouble();
    for (int i = 0; i < shares.size() - 1; i++) {
      lot -= shares.get(i);
      if (lot < 0) {
        return i;
      }
    }
    return shares.size() - 1;
  }
}
