package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How long the drift alarm is silent where nothing drifts, and how soon it comes where it does. */
class DriftTest {
  /** A year of hourly epochs. */
  private static final double YEAR = 365.25 * 24;

  /**
   * Siegmund's approximation of how many epochs pass until a one-sided sum alarms.
   *
   * @param shift of the mean, in standard errors, in the direction that is looked out for
   */
  private static double runLength(double shift) {
    double ahead = shift - Drift.SLACK;
    double bound = 2 * ahead * (Drift.ALARM + 1.166);
    return (Math.exp(-bound) + bound - 1) / (2 * ahead * ahead);
  }

  private static double simulated(double shift, int runs, long seed) {
    var random = new SplittableRandom(seed);
    long epochs = 0;
    for (int run = 0; run < runs; run++) {
      var drift = Drift.NONE;
      while (!drift.isAlarm()) {
        drift = drift.after(shift + random.nextGaussian());
        epochs++;
      }
    }
    return (double) epochs / runs;
  }

  /** The bound is the least whole number that is silent for a year in the mean. */
  @Test
  void alarm_nothingDrifts_comesOnceAYearInTheMean() {
    assertThat(runLength(0) / 2).isCloseTo(9_556, within(1.0)).isGreaterThan(YEAR);
    double lower = 2 * Drift.SLACK * (Drift.ALARM - 1 + 1.166);
    assertThat((Math.exp(lower) - lower - 1) / (2 * Drift.SLACK * Drift.SLACK) / 2)
        .isLessThan(YEAR);
    assertThat(simulated(0, 1_000, 77_001)).isCloseTo(9_556, within(956.0));
  }

  @Test
  void alarm_meanMovesByAStandardError_comesWithinADay() {
    assertThat(runLength(1)).isCloseTo(16.3, within(.1)).isLessThan(24);
    assertThat(simulated(1, 4_000, 77_002)).isCloseTo(16.3, within(.8));
    assertThat(simulated(-1, 4_000, 77_003)).isCloseTo(16.3, within(.8));
  }

  /** Epochs of a whole bandit, whose expectations are learnt and not given. */
  private static int alarms(int epochs, int turnsAt, long seed) {
    var arms = List.of("a", "b");
    var allocator = new Allocator(Simulation.spec(Map.of()), arms);
    var random = new SplittableRandom(seed);
    var known = Knowledge.NONE;
    AllocationTable table = null;
    var batch = Evidence.NONE;
    int alarms = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      var next = allocator.next(table, known, batch, 1);
      alarms += next.alarms().size();
      known = next.knowledge();
      table = new AllocationTable("hero", epoch, arms, next.rows());
      var tallies = new HashMap<String, Tally>();
      for (int visitor = 0; visitor < 300; visitor++) {
        var arm = random.nextDouble() < next.rows().getFirst().probabilities().get(0) ? "a" : "b";
        double chance = arm.equals("a") ? .1 : epoch < turnsAt ? .09 : .2;
        tallies.merge(arm, Tally.of(1, random.nextDouble() < chance ? 1 : 0), Tally::plus);
      }
      batch = new Evidence(Map.of("", tallies));
    }
    return alarms;
  }

  @Test
  void next_ofBandits_isSilentWhereNothingTurnsAndNotWhereAnArmDoes() {
    int silent = 0;
    int turned = 0;
    for (long seed = 88_000; seed < 88_040; seed++) {
      silent += alarms(250, Integer.MAX_VALUE, seed);
      turned += alarms(250, 125, seed) > 0 ? 1 : 0;
    }
    // 20,000 epochs of arms: 2.1 alarms are expected; more than 7 have a chance of 0.2 %.
    assertThat(silent).isLessThanOrEqualTo(7);
    assertThat(turned).isGreaterThanOrEqualTo(36);
  }
}
