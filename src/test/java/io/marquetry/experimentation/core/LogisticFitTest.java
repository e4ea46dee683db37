package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LogisticFitTest {

  /** One weight: the mode solves n·σ(w) + w·q = s, and the variance is 1/(q + n·σ(1−σ)). */
  @Test
  void of_aConstantAlone_solvesItsEquation() {
    var fit =
        LogisticFit.of(
            List.of(new LogisticFit.Cell(new double[] {1}, 40, 10)),
            new double[] {0},
            new double[] {0.5});
    var belief = fit.at(new double[] {1});
    double w = belief.mean();
    double chance = 1 / (1 + Math.exp(-w));
    assertThat(40 * chance - 10 + 0.5 * w).isCloseTo(0, within(1e-6));
    assertThat(belief.variance()).isCloseTo(1 / (0.5 + 40 * chance * (1 - chance)), within(1e-6));
  }

  @Test
  void of_muchEvidence_findsTheTrueWeights() {
    double base = -2;
    double effect = 1.2;
    var cells =
        List.of(
            new LogisticFit.Cell(new double[] {1, 0}, 1e6, 1e6 / (1 + Math.exp(-base))),
            new LogisticFit.Cell(new double[] {1, 1}, 1e6, 1e6 / (1 + Math.exp(-base - effect))));
    var fit = LogisticFit.of(cells, new double[] {0, 0}, new double[] {1, 1});
    assertThat(fit.at(new double[] {1, 0}).mean()).isCloseTo(base, within(1e-3));
    assertThat(fit.at(new double[] {0, 1}).mean()).isCloseTo(effect, within(1e-3));
  }

  @Test
  void of_onlySuccesses_staysFinite() {
    var fit =
        LogisticFit.of(
            List.of(new LogisticFit.Cell(new double[] {1}, 1e9, 1e9)),
            new double[] {0},
            new double[] {1});
    assertThat(fit.at(new double[] {1}).mean()).isFinite().isPositive();
  }

  @Test
  void of_noEvidence_isThePrior() {
    var belief =
        LogisticFit.of(List.of(), new double[] {-1}, new double[] {4}).at(new double[] {1});
    assertThat(belief.mean()).isEqualTo(-1);
    assertThat(belief.variance()).isCloseTo(0.25, within(1e-12));
  }
}
