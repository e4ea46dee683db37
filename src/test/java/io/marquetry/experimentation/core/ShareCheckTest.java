package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.experimentation.core.ShareCheck.Lots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check of propensities: silent where they are right, loud where they are not. */
class ShareCheckTest {
  private static final List<String> ARMS = List.of("a", "b", "c");
  private static final int LOOKS = 400;

  /** What becomes of a visitor who was to see an arm. */
  private interface Fault {
    /**
     * @return the arm that is counted, or -1 where nothing is
     */
    int counted(int look, int arm, SplittableRandom random);
  }

  /** Chances that differ from look to look; sometimes one arm may not be shown. */
  private static Map<String, Double> chances(SplittableRandom random) {
    var chances = new HashMap<String, Double>();
    double sum = 0;
    int without = random.nextInt(6);
    for (int i = 0; i < ARMS.size(); i++) {
      double share = i == without ? 0 : .02 + random.nextDouble() * random.nextDouble();
      if (i != without) {
        chances.put(ARMS.get(i), share);
        sum += share;
      }
    }
    double whole = sum;
    chances.replaceAll((arm, share) -> share / whole);
    return chances;
  }

  private static Lots draw(int look, int visitors, Fault fault, SplittableRandom random) {
    var chances = chances(random);
    var shown = new HashMap<String, Long>();
    var arms = ARMS.stream().filter(chances::containsKey).toList();
    for (int i = 0; i < visitors; i++) {
      double lot = random.nextDouble();
      int drawn = 0;
      while (drawn < arms.size() - 1 && (lot -= chances.getOrDefault(arms.get(drawn), 0.0)) >= 0) {
        drawn++;
      }
      int counted = fault.counted(look, ARMS.indexOf(arms.get(drawn)), random);
      if (counted >= 0 && chances.containsKey(ARMS.get(counted))) {
        shown.merge(ARMS.get(counted), 1L, Long::sum);
      }
    }
    return new Lots(chances, shown);
  }

  /** The look at which the alarm is raised; -1 where it never is. */
  private static int raised(Fault fault, int visitors, long seed) {
    var random = new SplittableRandom(seed);
    var check = ShareCheck.NONE;
    for (int look = 0; look < LOOKS; look++) {
      var batch = new ArrayList<Lots>();
      for (int context = 0; context < 2; context++) {
        batch.add(draw(look, visitors, fault, random));
      }
      check = check.after(batch);
      if (check.isAlarm()) {
        return look;
      }
    }
    return -1;
  }

  @Test
  void after_propensitiesThatAreRight_raisesNoMoreThanOneInAThousand() {
    int alarms = 0;
    for (int seed = 0; seed < 200; seed++) {
      alarms += raised((look, arm, random) -> arm, 30, seed) >= 0 ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(1); // expected at most 0.2; two or more: 1.8 %
  }

  /** Every sixth exposure of an arm is lost, from the beginning or from halfway on. */
  @ParameterizedTest
  @CsvSource({"0, 120", "200, 370"})
  void after_anArmThatIsLostAtTimes_raisesTheAlarm(int from, int by) {
    Fault lost =
        (look, arm, random) -> look >= from && arm == 1 && random.nextInt(6) == 0 ? -1 : arm;
    for (int seed = 1_000; seed < 1_040; seed++) {
      assertThat(raised(lost, 60, seed)).as("seed %d", seed).isBetween(from, by);
    }
  }

  /**
   * Some who should have seen one arm are shown another, as if lots were drawn by another table.
   */
  @Test
  void after_lotsDrawnByAnotherTable_raisesTheAlarm() {
    Fault swapped = (look, arm, random) -> arm == 0 && random.nextInt(5) == 0 ? 2 : arm;
    for (int seed = 2_000; seed < 2_040; seed++) {
      assertThat(raised(swapped, 60, seed)).as("seed %d", seed).isBetween(0, 120);
    }
  }

  @Test
  void after_oneLook_isTheMeanOfAllLikelihoodRatios() {
    var check =
        ShareCheck.NONE.after(
            List.of(
                new Lots(Map.of("a", .5, "b", .5), Map.of("a", 70L, "b", 30L)),
                new Lots(Map.of("a", 1.0), Map.of("a", 9L))));
    DoubleUnaryOperator a = t -> Math.pow(t, 70) / Math.pow(.5 + .5 * t, 100);
    DoubleUnaryOperator b = t -> Math.pow(t, 30) / Math.pow(.5 + .5 * t, 100);
    double sum = 0;
    for (double factor : List.of(.5, .8, .9, .95, 1 / .95, 1 / .9, 1.25, 2.0)) {
      sum += a.applyAsDouble(factor) + b.applyAsDouble(factor);
    }
    assertThat(check.evidence()).isCloseTo(.5 + .5 * sum / 16, within(1e-9 * sum));
    assertThat(check.arms().get("a"))
        .satisfies(arm -> assertThat(arm.shown()).isEqualTo(79))
        .satisfies(arm -> assertThat(arm.expected()).isEqualTo(59));
    assertThat(check.text()).isEqualTo("“a” came 79 times where its lots say 59");
  }

  @Test
  void after_nothingOrAVeryGreatDeal_staysFinite() {
    assertThat(ShareCheck.NONE.after(List.of())).isEqualTo(ShareCheck.NONE);
    assertThat(ShareCheck.NONE.evidence()).isEqualTo(1);
    var check = ShareCheck.NONE;
    for (int i = 0; i < 3; i++) {
      check =
          check.after(
              List.of(new Lots(Map.of("a", .5, "b", .5), Map.of("a", 900_000_000L, "b", 1L))));
    }
    assertThat(check.evidence()).isFinite().isGreaterThan(ShareCheck.ALARM);
    var even = new Lots(Map.of("a", .5, "b", .5), Map.of("a", 500_000_000L, "b", 500_000_000L));
    assertThat(ShareCheck.NONE.after(List.of(even)).evidence()).isBetween(0.0, 1.0);
  }
}
