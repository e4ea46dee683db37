package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PooledTest {
  private static final double[] MEANS = {.10, .30, -.05, .25, .02};
  private static final double[] VARIANCES = {.010, .020, .015, .040, .005};
  private static final double[] SHRUNK = {
    .086029797, .111833484, .058279550, .094084836, .057422943
  };

  @Test
  void of_knownVector_isReproduced() {
    var pooled = Pooled.of(MEANS, VARIANCES);
    assertThat(pooled.heterogeneity()).isCloseTo(5.0027358491, within(1e-9));
    assertThat(pooled.between()).isCloseTo(0.0032209091, within(1e-9));
    assertThat(pooled.mean()).isCloseTo(0.0815301219, within(1e-9));
    for (int i = 0; i < MEANS.length; i++) {
      assertThat(pooled.shrunk(MEANS[i], VARIANCES[i])).isCloseTo(SHRUNK[i], within(1e-9));
    }
  }

  @Test
  void of_negatedMeans_isMirrored() {
    var negated = MEANS.clone();
    for (int i = 0; i < negated.length; i++) {
      negated[i] = -negated[i];
    }
    var pooled = Pooled.of(MEANS, VARIANCES);
    var mirrored = Pooled.of(negated, VARIANCES);
    assertThat(mirrored.mean()).isEqualTo(-pooled.mean());
    assertThat(mirrored.between()).isCloseTo(pooled.between(), within(1e-15));
  }

  @Test
  void of_oneGroup_isThatGroup() {
    var pooled = Pooled.of(new double[] {.3}, new double[] {.01});
    assertThat(pooled.mean()).isCloseTo(.3, within(1e-15));
    assertThat(pooled.between()).isZero();
  }
}
