package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bandit.BanditSpec;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.experimentation.core.Simulation.Player;
import io.marquetry.experimentation.core.Simulation.Truth;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bandits among visitors whose truth is known: what they miss, what they keep, where they end. */
class BanditSimulationTest {
  private static final List<String> ARMS = List.of("a", "b", "c");
  private static final Map<String, Integer> EVERYBODY = Map.of("", 300);
  private static final int EPOCHS = 100;
  private static final int SEEDS = 12;

  private static Truth fixed(double a, double b, double c) {
    return (epoch, context, arm) -> arm.equals("a") ? a : arm.equals("b") ? b : c;
  }

  private static Truth turning(double before, double after) {
    return (epoch, context, arm) ->
        arm.equals("a") ? .05 : arm.equals("b") ? (epoch < EPOCHS / 2 ? before : after) : .02;
  }

  static Stream<Arguments> scenarios() {
    return Stream.of(
        Arguments.of("clear", fixed(.02, .05, .12), 1.0, 0),
        Arguments.of("close", fixed(.05, .06, .04), 1.0, 0),
        Arguments.of("rare", fixed(.003, .01, .02), 1.0, 0),
        Arguments.of("falling", turning(.12, .01), .97, 0),
        Arguments.of("rising", turning(.01, .12), .97, 0),
        Arguments.of("late", fixed(.02, .05, .12), 1.0, 5));
  }

  /**
   * The same rules written down a second time, naively: thousands of draws instead of an integral,
   * one context, whole numbers of the past.
   */
  private static Player naive(BanditSpec spec, long seed) {
    var random = new SplittableRandom(seed);
    var old = new double[3][2];
    var shown = new double[3];
    return (before, batch, epoch) -> {
      boolean cold = false;
      for (int i = 0; i < 3; i++) {
        var tally = batch.of(ARMS.get(i));
        shown[i] += tally.count();
        old[i][0] = old[i][0] * spec.discount() + tally.count();
        old[i][1] = old[i][1] * spec.discount() + tally.sum();
        cold |= shown[i] < 100;
      }
      var wins = new double[3];
      for (int n = 0; n < 4_000; n++) {
        int best = 0;
        double most = -1;
        for (int i = 0; i < 3; i++) {
          double good = gamma(1 + old[i][1], random);
          double draw = good / (good + gamma(1 + old[i][0] - old[i][1], random));
          best = draw > most ? i : best;
          most = Math.max(most, draw);
        }
        wins[best] += 1.0 / 4_000;
      }
      var shares = new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0};
      if (!cold) {
        var from = before.rows().getFirst().probabilities();
        double widest = 0;
        for (int i = 0; i < 3; i++) {
          shares[i] = spec.floor(3) + (1 - 3 * spec.floor(3)) * wins[i];
          widest = Math.max(widest, Math.abs(shares[i] - from.get(i)));
        }
        for (int i = 0; i < 3 && widest > .2; i++) {
          shares[i] = from.get(i) + (shares[i] - from.get(i)) * .2 / widest;
        }
      }
      var list = Arrays.stream(shares).boxed().toList();
      return new AllocationTable(
          "hero", epoch, ARMS, List.of(new AllocationRow(List.of(), list, list)));
    };
  }

  /** Marsaglia and Tsang; the shape is at least 1 here. */
  private static double gamma(double shape, SplittableRandom random) {
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(random.nextDouble()) < .5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  void play_knownTruth_missesWhatANaiveOneMissesAndFarLessThanChance(
      String name, Truth truth, double discount, int delay) {
    var spec = Simulation.spec(Map.of("discount", discount));
    var simulation = new Simulation(ARMS, EVERYBODY, truth, delay);
    double regret = 0;
    double naive = 0;
    double uniform = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var played = simulation.play(Simulation.player(spec, ARMS), EPOCHS, seed);
      assertThat(played.least()).isGreaterThanOrEqualTo(spec.floor(3) - 1e-12);
      regret += played.regret();
      uniform += played.uniformRegret();
      naive += simulation.play(naive(spec, seed + 100), EPOCHS, seed).regret();
    }
    assertThat(regret).as("%s: regret against chance %f", name, uniform).isLessThan(.6 * uniform);
    // The second one does not look out for drift, so it may only be worse there.
    assertThat(regret).as("%s: naive %f", name, naive).isLessThan(1.05 * naive);
    if (discount == 1) {
      assertThat(regret).isGreaterThan(.9 * naive);
    }
  }

  @Test
  void play_aClearWinner_getsAllButTheFloor() {
    var spec = Simulation.spec(Map.of());
    var simulation = new Simulation(ARMS, EVERYBODY, fixed(.02, .05, .12), 0);
    var played = simulation.play(Simulation.player(spec, ARMS), EPOCHS, 3);
    assertThat(Simulation.row(played.last(), "").get(2))
        .isCloseTo(1 - 2 * spec.floor(3), within(1e-3));
  }

  @Test
  void play_noDifference_keepsEverybodyMeasurable() {
    var spec = Simulation.spec(Map.of());
    var simulation = new Simulation(ARMS, EVERYBODY, fixed(.05, .05, .05), 0);
    for (int seed = 0; seed < SEEDS; seed++) {
      var played = simulation.play(Simulation.player(spec, ARMS), EPOCHS, seed);
      assertThat(played.least()).isGreaterThanOrEqualTo(spec.floor(3) - 1e-12);
    }
  }

  @Test
  void play_anyEpoch_movesNoArmByMoreThanAFifth() {
    var simulation = new Simulation(ARMS, EVERYBODY, fixed(.01, .05, .3), 0);
    var tables =
        simulation.play(Simulation.player(Simulation.spec(Map.of()), ARMS), 30, 1).tables();
    for (int i = 1; i < tables.size(); i++) {
      var before = Simulation.row(tables.get(i - 1), "");
      var after = Simulation.row(tables.get(i), "");
      for (int arm = 0; arm < 3; arm++) {
        assertThat(after.get(arm)).isCloseTo(before.get(arm), within(.2 + 1e-12));
      }
    }
  }

  private static final Truth BY_SEGMENT =
      (epoch, context, arm) ->
          switch (context) {
            case "vip" -> arm.equals("a") ? .25 : .1;
            default -> arm.equals("b") ? .12 : .06;
          };

  @Test
  void play_segmentsThatDiffer_eachEndsWithItsOwnBest() {
    var spec = Simulation.spec(Map.of("segments", List.of("vip", "small")));
    var visitors = Map.of("vip", 100, "small", 15, "", 200);
    var simulation = new Simulation(ARMS, visitors, BY_SEGMENT, 0);
    var last = simulation.play(Simulation.player(spec, ARMS), EPOCHS, 2).last();
    assertThat(Simulation.row(last, "vip").get(0)).isGreaterThan(.8);
    assertThat(Simulation.row(last, "").get(1)).isGreaterThan(.8);
  }

  /** A segment with a handful of visitors an epoch learns from the others what they share. */
  @Test
  void play_aThinSegment_learnsFasterPooledThanAlone() {
    var truth = fixed(.04, .1, .05);
    var visitors = Map.of("thin", 8, "other", 200, "", 200);
    var pooled = Simulation.spec(Map.of("segments", List.of("thin", "other")));
    double together = 0;
    double alone = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      together +=
          Simulation.row(
                  new Simulation(ARMS, visitors, truth, 0)
                      .play(Simulation.player(pooled, ARMS), 40, seed)
                      .last(),
                  "thin")
              .get(1);
      alone +=
          Simulation.row(
                  new Simulation(ARMS, Map.of("", 8), truth, 0)
                      .play(Simulation.player(Simulation.spec(Map.of()), ARMS), 40, seed)
                      .last(),
                  "")
              .get(1);
    }
    assertThat(together / SEEDS).isGreaterThan(.8).isGreaterThan(alone / SEEDS + .2);
  }

  @Test
  void play_contextual_learnsEveryCombination() {
    var spec = Simulation.spec(Map.of("segments", List.of("new", "mobile"), "contextual", true));
    Truth truth =
        (epoch, context, arm) -> {
          double odds = arm.equals("a") ? -2.6 : arm.equals("b") ? -2.2 : -3;
          odds += context.contains("new") && arm.equals("a") ? 1.5 : 0;
          odds += context.contains("mobile") && arm.equals("c") ? 2 : 0;
          return 1 / (1 + Math.exp(-odds));
        };
    var visitors = Map.of("", 100, "new", 100, "mobile", 100, "new+mobile", 30);
    var played =
        new Simulation(ARMS, visitors, truth, 0).play(Simulation.player(spec, ARMS), 80, 5);
    assertThat(Simulation.row(played.last(), "new").get(0)).isGreaterThan(.8);
    assertThat(Simulation.row(played.last(), "mobile").get(2)).isGreaterThan(.8);
    assertThat(Simulation.row(played.last(), "").get(1)).isGreaterThan(.8);
    assertThat(played.regret()).isLessThan(.5 * played.uniformRegret());
    assertThat(played.least()).isGreaterThanOrEqualTo(spec.floor(3) - 1e-12);
  }
}
