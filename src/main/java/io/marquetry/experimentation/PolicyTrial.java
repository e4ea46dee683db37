package io.marquetry.experimentation;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.experimentation.core.Context;
import io.marquetry.experimentation.core.OffPolicy;
import io.marquetry.experimentation.core.OffPolicy.Round;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts a policy to the test on what a bandit's exposures brought. */
final class PolicyTrial {
  /** The same log and policy give the same answer. */
  private static final long SEED = 20_11_22;

  private final String bandit;
  private final @Nullable AllocationTable table;
  private final String kind;
  private final Map<?, ?> shares;

  /**
   * @throws Refused where it is no policy
   */
  PolicyTrial(String bandit, @Nullable AllocationTable table, Map<String, Object> policy) {
    this.bandit = bandit;
    this.table = table;
    this.kind = String.valueOf(policy.get("kind"));
    this.shares = policy.get("shares") instanceof Map<?, ?> map ? map : Map.of();
    switch (kind) {
      case "current" -> {
        if (table == null) {
          throw new Refused(Reason.CONFLICT, "policy", "the bandit has no table yet");
        }
      }
      case "uniform" -> {}
      case "shares" -> {
        for (var share : shares.values()) {
          if (!(share instanceof Number number) || !(number.doubleValue() >= 0)) {
            throw new Refused(Reason.INVALID, "policy.shares", "must be numbers from 0 by arm");
          }
        }
        if (shares.isEmpty()) {
          throw new Refused(Reason.INVALID, "policy.shares", "is required: {arm: weight}");
        }
      }
      default ->
          throw new Refused(
              Reason.INVALID, "policy.kind", "must be one of current, shares, uniform");
    }
  }

  /** Takes a while for many exposures; not for an event loop. */
  Map<String, Object> run(List<Settled> settled) {
    var arms = new TreeSet<String>();
    settled.forEach(one -> arms.addAll(one.eligible()));
    settled.forEach(one -> arms.add(one.arm()));
    var order = List.copyOf(arms);
    var numbers = new HashMap<String, Integer>();
    order.forEach(arm -> numbers.put(arm, numbers.size()));
    var rounds = new ArrayList<Round>(settled.size());
    double inverse = 0;
    double expected = 0;
    double squares = 0;
    for (var one : settled) {
      rounds.add(
          new Round(
              one.profile(),
              one.context(),
              numbers.getOrDefault(one.arm(), 0),
              one.propensity(),
              probabilities(one, order),
              one.reward()));
      int eligible = Math.max(1, one.eligible().size());
      inverse += 1 / one.propensity();
      expected += eligible;
      squares += (1 / one.propensity() - eligible) * (1 / one.propensity() - eligible);
    }
    var result = OffPolicy.evaluate(rounds, OffPolicy.model(rounds, order.size()), SEED);
    return BanditViews.result(bandit, result, inverse, expected, Math.sqrt(squares));
  }

  /** Over those that could be shown; evenly where the policy would show none of them. */
  private double[] probabilities(Settled one, List<String> order) {
    var weights = new double[order.size()];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = one.eligible().contains(order.get(i)) ? weight(one, order.get(i)) : 0;
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      boolean eligible = one.eligible().contains(order.get(i));
      weights[i] = sum > 0 ? weights[i] / sum : eligible ? 1.0 / one.eligible().size() : 0;
    }
    return weights;
  }

  private double weight(Settled one, String arm) {
    return switch (kind) {
      case "uniform" -> 1;
      case "shares" -> shares.get(arm) instanceof Number number ? number.doubleValue() : 0;
      default -> current(one.context(), arm);
    };
  }

  private double current(String context, String arm) {
    if (table == null) {
      return 0;
    }
    var row =
        table.rows().stream()
            .filter(one -> new Context(one.segments()).key().equals(context))
            .findFirst()
            .orElse(table.rows().getLast());
    int at = table.arms().indexOf(arm);
    return at < 0 ? 0 : row.probabilities().get(at);
  }
}
