package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chance to be best, against exact rationals and against itself turned round. */
class ChanceToBeBestTest {

  /** P(B &gt; A), from exact rational arithmetic. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 0.5",
    "2, 1, 1, 2, 0.166666666666667",
    "11, 91, 16, 86, 0.853283789933966",
    "101, 901, 121, 881, 0.923183438973560",
    "21, 981, 31, 971, 0.922293308710199",
    "3, 9, 7, 5, 0.959752321981424",
    "501, 9501, 551, 9451, 0.943478155302863"
  })
  void of_twoBetas_isExact(double a, double b, double c, double d, double expected) {
    var chances = ChanceToBeBest.of(List.of(Belief.beta(a, b), Belief.beta(c, d)));
    assertThat(chances[1]).isCloseTo(expected, within(1e-12));
    assertThat(chances[0] + chances[1]).isCloseTo(1, within(1e-15));
  }

  @Test
  void of_threeBetas_isExact() {
    var chances =
        ChanceToBeBest.of(List.of(Belief.beta(11, 91), Belief.beta(16, 86), Belief.beta(14, 88)));
    assertThat(chances)
        .containsExactly(new double[] {0.084119952, 0.604529407, 0.311350642}, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "0.012, 0.0141, 0.8026330517570432",
    "0.5, 1, 0.6914624612740131",
    "-0.3, 0.4, 0.22662735237686826"
  })
  void of_twoNormals_isThatOfTheirDifference(double mean, double deviation, double expected) {
    double each = deviation / Math.sqrt(2);
    var chances = ChanceToBeBest.of(List.of(Belief.normal(0, each), Belief.normal(mean, each)));
    assertThat(chances[1]).isCloseTo(expected, within(1e-12));
  }

  /** A certain arm among vague ones must not be stepped over. */
  @Test
  void of_narrowAmongWide_findsTheNarrowOne() {
    var narrow = Belief.beta(500_000, 500_000);
    var chances = ChanceToBeBest.of(List.of(narrow, Belief.beta(1, 1)));
    assertThat(chances[1]).isCloseTo(0.5, within(1e-9));
    var far = ChanceToBeBest.of(List.of(Belief.normal(0, 1), Belief.normal(2, 1e-6)));
    assertThat(far[0]).isCloseTo(0.022750131948179, within(1e-9));
  }

  @Test
  void of_theRewardTurnedRound_isMirrored() {
    var random = new SplittableRandom(4);
    for (int i = 0; i < 20; i++) {
      double a = random.nextDouble(1, 300);
      double b = random.nextDouble(1, 300);
      double c = random.nextDouble(1, 300);
      double d = random.nextDouble(1, 300);
      var chances = ChanceToBeBest.of(List.of(Belief.beta(a, b), Belief.beta(c, d)));
      var mirrored = ChanceToBeBest.of(List.of(Belief.beta(b, a), Belief.beta(d, c)));
      assertThat(mirrored[0]).isCloseTo(chances[1], within(1e-11));
    }
  }

  @Test
  void of_twentyArms_agreesWithDraws() {
    var random = new SplittableRandom(7);
    var beliefs = new ArrayList<Belief>();
    var means = new double[20];
    var deviations = new double[20];
    for (int i = 0; i < 20; i++) {
      means[i] = random.nextDouble(0, 0.1);
      deviations[i] = random.nextDouble(0.001, 0.05);
      beliefs.add(Belief.normal(means[i], deviations[i]));
    }
    var chances = ChanceToBeBest.of(beliefs);
    var drawn = new double[20];
    int draws = 200_000;
    for (int n = 0; n < draws; n++) {
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < 20; i++) {
        double draw = means[i] + deviations[i] * random.nextGaussian();
        if (draw > most) {
          most = draw;
          best = i;
        }
      }
      drawn[best] += 1.0 / draws;
    }
    for (int i = 0; i < 20; i++) {
      double error = Math.sqrt(chances[i] * (1 - chances[i]) / draws);
      assertThat(drawn[i]).isCloseTo(chances[i], within(4 * error + 1e-9));
    }
  }

  @Test
  void of_nothingKnown_isEven() {
    var chances = ChanceToBeBest.of(Stream.generate(() -> Belief.beta(1, 1)).limit(5).toList());
    assertThat(chances).containsExactly(new double[] {.2, .2, .2, .2, .2}, within(1e-12));
  }
}
