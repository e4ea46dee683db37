package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SharesTest {

  @Test
  void floored_knownVector_addsTheFloor() {
    assertThat(Shares.floored(new double[] {.97, .02, .01}, .05))
        .containsExactly(new double[] {.8745, .067, .0585}, within(1e-12));
  }

  @Test
  void towards_aStepTooLong_goesAsFarAsItMay() {
    var shares = Shares.towards(new double[] {.5, .3, .2}, new double[] {.9, .05, .05}, .2);
    assertThat(shares).containsExactly(new double[] {.7, .175, .125}, within(1e-12));
  }

  @Test
  void towards_aShortStep_arrives() {
    var to = new double[] {.6, .4};
    assertThat(Shares.towards(new double[] {.5, .5}, to, .2)).containsExactly(to);
  }
}
