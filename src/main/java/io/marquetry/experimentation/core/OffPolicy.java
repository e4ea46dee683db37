package io.marquetry.experimentation.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What another way of dividing visitors would have brought, told from a log of one that left things
 * to chance.
 *
 * <p>Inverse propensity (IPS) weighs what happened by how much more often the other policy would
 * have chosen it; self-normalized (SNIPS) divides by the weights; the direct method (DM) believes a
 * model of the rewards; doubly robust (DR) takes the model and corrects it by what happened, and is
 * right where either the propensities or the model are. Intervals are bootstrapped over visitors.
 */
public final class OffPolicy {
  static final double LEAST_SAMPLE = 1_000;
  static final double MOST_WEIGHT = 100;

  private static final int RESAMPLES = 1_000;
  private static final double PRIOR = 10;

  private OffPolicy() {}

  /**
   * One exposure.
   *
   * @param visitor rounds of the same visitor stand and fall together
   * @param context a kind of visitor
   * @param arm which one was shown
   * @param propensity with which it was
   * @param policy the probabilities of all arms under the policy in question
   */
  @SuppressWarnings("ArrayRecordComponent") // many; read once, changed by nobody
  public record Round(
      Object visitor, String context, int arm, double propensity, double[] policy, double reward) {
    double weight() {
      return policy[arm] / propensity;
    }
  }

  /** A value per round, with its 95 % interval. */
  public record Estimate(double value, double low, double high) {}

  /**
   * What can be said.
   *
   * @param logged mean reward of what was really shown
   * @param effective how many rounds under the other policy these are worth
   * @param refusal why nothing should be concluded; null where it may
   */
  public record Result(
      int rounds,
      int visitors,
      Estimate logged,
      Estimate ips,
      Estimate snips,
      Estimate dm,
      Estimate dr,
      double effective,
      double heaviest,
      @Nullable String refusal) {}

  /**
   * Evaluates.
   *
   * @param model expected reward of every arm in every round, made without that round
   * @param seed of the resampling
   */
  public static Result evaluate(List<Round> rounds, double[][] model, long seed) {
    var units = units(rounds, model);
    double weights = 0;
    double squares = 0;
    double heaviest = 0;
    for (var round : rounds) {
      weights += round.weight();
      squares += round.weight() * round.weight();
      heaviest = Math.max(heaviest, round.weight());
    }
    double effective = squares > 0 ? weights * weights / squares : 0;
    var estimates = estimates(units, seed);
    return new Result(
        rounds.size(),
        units.length,
        estimates[0],
        estimates[1],
        estimates[2],
        estimates[3],
        estimates[4],
        effective,
        heaviest,
        refusal(effective, heaviest));
  }

  private static @Nullable String refusal(double effective, double heaviest) {
    if (effective < LEAST_SAMPLE) {
      return "what was shown is worth %.0f exposures under this policy; %.0f are needed"
          .formatted(effective, LEAST_SAMPLE);
    }
    return heaviest > MOST_WEIGHT
        ? "single exposures would count %.0f times, since this policy does what was hardly tried"
            .formatted(heaviest)
        : null;
  }

  /** For each visitor: rounds, rewards, weighted rewards, weights, direct, doubly robust. */
  private static double[][] units(List<Round> rounds, double[][] model) {
    var units = new HashMap<Object, double[]>();
    var order = new ArrayList<double[]>();
    for (int i = 0; i < rounds.size(); i++) {
      var round = rounds.get(i);
      double direct = 0;
      for (int arm = 0; arm < round.policy().length; arm++) {
        direct += round.policy()[arm] * model[i][arm];
      }
      var unit =
          units.computeIfAbsent(
              round.visitor(),
              first -> {
                var sums = new double[6];
                order.add(sums);
                return sums;
              });
      unit[0]++;
      unit[1] += round.reward();
      unit[2] += round.weight() * round.reward();
      unit[3] += round.weight();
      unit[4] += direct;
      unit[5] += direct + round.weight() * (round.reward() - model[i][round.arm()]);
    }
    return order.toArray(double[][]::new);
  }

  /** The estimates alone: logged, IPS, SNIPS, DM, DR. */
  static double[] values(List<Round> rounds, double[][] model) {
    var whole = new double[6];
    for (var unit : units(rounds, model)) {
      add(whole, unit);
    }
    return values(whole);
  }

  private static double[] values(double[] sums) {
    double n = Math.max(sums[0], Double.MIN_NORMAL);
    return new double[] {
      sums[1] / n, sums[2] / n, sums[3] > 0 ? sums[2] / sums[3] : 0, sums[4] / n, sums[5] / n
    };
  }

  private static Estimate[] estimates(double[][] units, long seed) {
    var whole = new double[6];
    for (var unit : units) {
      add(whole, unit);
    }
    var values = values(whole);
    var random = new SplittableRandom(seed);
    var resampled = new double[values.length][RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      var sums = new double[6];
      for (int draw = 0; draw < units.length; draw++) { // with replacement
        add(sums, units[random.nextInt(units.length)]);
      }
      var again = values(sums);
      for (int k = 0; k < again.length; k++) {
        resampled[k][i] = again[k];
      }
    }
    var estimates = new Estimate[values.length];
    for (int k = 0; k < values.length; k++) {
      Arrays.sort(resampled[k]);
      estimates[k] =
          new Estimate(
              values[k],
              resampled[k][RESAMPLES * 25 / 1000],
              resampled[k][RESAMPLES * 975 / 1000 - 1]);
    }
    return estimates;
  }

  private static void add(double[] sums, double[] unit) {
    for (int k = 0; k < sums.length; k++) {
      sums[k] += unit[k];
    }
  }

  /**
   * Expected rewards by context and arm, each round's from the other half of the visitors: few
   * rounds of a context lean on the arm as a whole, and few of an arm on all of them.
   *
   * @param arms how many there are
   */
  public static double[][] model(List<Round> rounds, int arms) {
    var halves = List.of(new Means(), new Means());
    for (var round : rounds) {
      halves.get(half(round)).add(round);
    }
    var model = new double[rounds.size()][arms];
    for (int i = 0; i < model.length; i++) {
      var round = rounds.get(i);
      var others = halves.get(1 - half(round));
      for (int arm = 0; arm < arms; arm++) {
        model[i][arm] = others.of(round.context(), arm);
      }
    }
    return model;
  }

  private static int half(Round round) {
    // Its lowest bit alone may be the same for all keys of a kind.
    int hash = round.visitor().hashCode() * 0x9E3779B9;
    return hash >>> 31;
  }

  private static final class Means {
    private final double[] all = new double[2];
    private final Map<Integer, double[]> byArm = new HashMap<>();
    private final Map<String, double[]> byCell = new HashMap<>();

    void add(Round round) {
      count(all, round);
      count(byArm.computeIfAbsent(round.arm(), first -> new double[2]), round);
      count(byCell.computeIfAbsent(cell(round.context(), round.arm()), f -> new double[2]), round);
    }

    private static void count(double[] sums, Round round) {
      sums[0]++;
      sums[1] += round.reward();
    }

    private static String cell(String context, int arm) {
      return context + "\n" + arm;
    }

    double of(String context, int arm) {
      double mean = all[0] > 0 ? all[1] / all[0] : 0;
      mean = shrunk(byArm.get(arm), mean);
      return shrunk(byCell.get(cell(context, arm)), mean);
    }

    private static double shrunk(double @Nullable [] sums, double towards) {
      return sums == null ? towards : (sums[1] + PRIOR * towards) / (sums[0] + PRIOR);
    }
  }
}
