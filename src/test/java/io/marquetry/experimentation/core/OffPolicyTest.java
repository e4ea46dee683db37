package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.experimentation.core.OffPolicy.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OffPolicyTest {
  private static final double[][] VECTOR = {
    {0, .8, .3, 1, .6, .2},
    {1, .2, .7, 0, .6, .2},
    {0, .5, .5, 1, .5, .4},
    {1, .5, .5, 1, .5, .4},
    {0, .9, .1, 0, .3, .7},
    {1, .1, .9, 1, .3, .7}
  };

  private static List<Round> rounds(double sign) {
    var rounds = new ArrayList<Round>();
    for (int i = 0; i < VECTOR.length; i++) {
      var row = VECTOR[i];
      int arm = (int) row[0];
      var policy = new double[2];
      policy[arm] = row[2];
      policy[1 - arm] = 1 - row[2];
      rounds.add(new Round(i, "", arm, row[1], policy, sign * row[3]));
    }
    return rounds;
  }

  private static double[][] model(double sign) {
    var model = new double[VECTOR.length][];
    for (int i = 0; i < VECTOR.length; i++) {
      model[i] = new double[] {sign * VECTOR[i][4], sign * VECTOR[i][5]};
    }
    return model;
  }

  @Test
  void evaluate_knownVector_isReproduced() {
    var result = OffPolicy.evaluate(rounds(1), model(1), 1);
    assertThat(result.ips().value()).isCloseTo(1.8958333333, within(1e-9));
    assertThat(result.snips().value()).isCloseTo(0.7590361446, within(1e-9));
    assertThat(result.dm().value()).isCloseTo(0.4766666667, within(1e-9));
    assertThat(result.dr().value()).isCloseTo(1.0127777778, within(1e-9));
    assertThat(result.effective()).isCloseTo(2.3540517097, within(1e-9));
    assertThat(result.refusal()).contains("worth 2 exposures");
  }

  @Test
  void evaluate_rewardsNegated_isMirrored() {
    var result = OffPolicy.evaluate(rounds(1), model(1), 1);
    var mirrored = OffPolicy.evaluate(rounds(-1), model(-1), 1);
    assertThat(mirrored.ips().value()).isEqualTo(-result.ips().value());
    assertThat(mirrored.snips().value()).isEqualTo(-result.snips().value());
    assertThat(mirrored.dm().value()).isEqualTo(-result.dm().value());
    assertThat(mirrored.dr().value()).isEqualTo(-result.dr().value());
    assertThat(mirrored.effective()).isEqualTo(result.effective());
  }

  @Test
  void evaluate_aHeavyRound_isRefused() {
    var rounds = new ArrayList<Round>();
    for (int i = 0; i < 30_000; i++) {
      rounds.add(new Round(i, "", 0, .5, new double[] {.5, .5}, 0));
    }
    rounds.add(new Round(-1, "", 1, .001, new double[] {.5, .5}, 1));
    var result = OffPolicy.evaluate(rounds, OffPolicy.model(rounds, 2), 1);
    assertThat(result.effective()).isGreaterThan(1_000);
    assertThat(result.refusal()).contains("would count 500 times");
  }

  @Test
  void evaluate_nothing_isRefusedAndFinite() {
    var result = OffPolicy.evaluate(List.of(), new double[0][], 1);
    assertThat(result.refusal()).isNotNull();
    assertThat(result.ips().value()).isFinite();
    assertThat(result.dr().high()).isFinite();
  }

  /**
   * Truth known: two kinds of visitors, two arms, a log that prefers the one, and the other asked.
   */
  private static List<Round> log(SplittableRandom random, int size) {
    double[][] truth = {{.1, .3}, {.2, .05}};
    var rounds = new ArrayList<Round>();
    for (int i = 0; i < size; i++) {
      int kind = random.nextInt(2);
      int arm = random.nextDouble() < .7 ? 0 : 1;
      double reward = random.nextDouble() < truth[kind][arm] ? 1 : 0;
      double[] policy = kind == 0 ? new double[] {.1, .9} : new double[] {.8, .2};
      rounds.add(new Round(i, "kind" + kind, arm, arm == 0 ? .7 : .3, policy, reward));
    }
    return rounds;
  }

  private static final double TRUE_VALUE = ((.1 * .1 + .9 * .3) + (.8 * .2 + .2 * .05)) / 2;

  @Test
  void evaluate_aThousandLogs_isUnbiasedAndTheModelHelps() {
    var random = new SplittableRandom(12);
    int logs = 1_000;
    double ips = 0;
    double ipsSquares = 0;
    double dr = 0;
    double drSquares = 0;
    for (int i = 0; i < logs; i++) {
      var rounds = log(random, 300);
      var model = OffPolicy.model(rounds, 2);
      var values = OffPolicy.values(rounds, model);
      ips += values[1] / logs;
      ipsSquares += values[1] * values[1] / logs;
      dr += values[4] / logs;
      drSquares += values[4] * values[4] / logs;
    }
    double ipsVariance = ipsSquares - ips * ips;
    double drVariance = drSquares - dr * dr;
    assertThat(ips).isCloseTo(TRUE_VALUE, within(2.5 * Math.sqrt(ipsVariance / logs)));
    assertThat(dr).isCloseTo(TRUE_VALUE, within(2.5 * Math.sqrt(drVariance / logs)));
    assertThat(drVariance).isLessThan(ipsVariance);
  }

  @Test
  void evaluate_manyLogs_coversTheTruthAsOftenAsItSays() {
    var random = new SplittableRandom(5);
    int logs = 60;
    int byWeights = 0;
    int doubly = 0;
    for (int i = 0; i < logs; i++) {
      var rounds = log(random, 2_500);
      var result = OffPolicy.evaluate(rounds, OffPolicy.model(rounds, 2), i);
      assertThat(result.refusal()).isNull();
      byWeights += covers(result.ips()) ? 1 : 0;
      doubly += covers(result.dr()) ? 1 : 0;
    }
    // 57 expected, with a standard error of 1.7
    assertThat(byWeights).isBetween(52, 60);
    assertThat(doubly).isBetween(52, 60);
  }

  private static boolean covers(OffPolicy.Estimate estimate) {
    return estimate.low() <= TRUE_VALUE && TRUE_VALUE <= estimate.high();
  }
}
