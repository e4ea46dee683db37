package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimateTest {

  /** Samples drawn without putting back, of segments of any size. */
  @ParameterizedTest
  @CsvSource({
    "1000, 5, 100",
    "1000, 300, 100",
    "1000, 300, 700",
    "50000, 400, 2000",
    "50000, 49900, 500"
  })
  void of_manySamples_theIntervalHoldsTheTruthAsOftenAsItSays(int population, int in, int sample) {
    var random = new SplittableRandom(5);
    int rounds = 4_000;
    int held = 0;
    for (int round = 0; round < rounds; round++) {
      int holding = 0;
      int left = in;
      for (int i = 0; i < sample; i++) {
        if (random.nextInt(population - i) < left) {
          holding++;
          left--;
        }
      }
      var estimate = Estimate.of(population, sample, holding, holding, holding);
      assertThat(estimate.estimate()).isBetween(estimate.low(), estimate.high());
      held += estimate.low() <= in && in <= estimate.high() ? 1 : 0;
    }
    assertThat((double) held / rounds).isGreaterThan(0.945);
  }

  @Test
  void of_everybody_isExact() {
    assertThat(Estimate.of(1_234, 1_234, 77, 77, 77)).isEqualTo(new Estimate(77, 77, 77));
    assertThat(Estimate.of(1, 1, 0, 0, 0)).isEqualTo(new Estimate(0, 0, 0));
    assertThat(Estimate.of(0, 0, 0, 0, 0)).isEqualTo(new Estimate(0, 0, 0));
  }

  @Test
  void of_nobody_mayBeAnything() {
    assertThat(Estimate.of(500, 0, 0, 0, 0)).isEqualTo(new Estimate(0, 0, 500));
  }

  @Test
  void of_someUnknown_reachesFromNoneToAllOfThem() {
    assertThat(Estimate.of(100, 100, 10, 12, 40)).isEqualTo(new Estimate(12, 10, 40));
    var sampled = Estimate.of(1_000, 100, 10, 12, 40);
    assertThat(sampled.low()).isEqualTo(Estimate.of(1_000, 100, 10, 10, 10).low());
    assertThat(sampled.high()).isEqualTo(Estimate.of(1_000, 100, 40, 40, 40).high());
    assertThat(sampled.estimate()).isEqualTo(120);
  }
}
