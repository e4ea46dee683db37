package io.marquetry.models.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTest {
  private final Breaker breaker = new Breaker();

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed(0);
    }
  }

  @Test
  void failed_fourInARow_isStillAsked() {
    fail(Breaker.IN_A_ROW - 1);
    breaker.succeeded();
    fail(Breaker.IN_A_ROW - 1);
    assertThat(breaker.allows(0)).isTrue();
  }

  @Test
  void failed_fiveInARow_opensAndLetsOneThroughEachPause() {
    fail(Breaker.IN_A_ROW);
    assertThat(breaker.allows(Breaker.PAUSE_MILLIS - 1)).isFalse();
    assertThat(breaker.allows(Breaker.PAUSE_MILLIS)).isTrue();
    assertThat(breaker.allows(Breaker.PAUSE_MILLIS + 1)).isFalse();
    breaker.failed(Breaker.PAUSE_MILLIS + 2);
    assertThat(breaker.allows(2 * Breaker.PAUSE_MILLIS - 1)).isFalse();
    assertThat(breaker.allows(2 * Breaker.PAUSE_MILLIS)).isTrue();
    breaker.succeeded();
    assertThat(breaker.isOpen()).isFalse();
    assertThat(breaker.allows(2 * Breaker.PAUSE_MILLIS + 1)).isTrue();
    assertThat(breaker.opened()).isEqualTo(1);
  }

  @Test
  void failed_everySecondOfTwenty_opens() {
    for (int i = 0; i < Breaker.WINDOW; i++) {
      assertThat(breaker.isOpen()).isFalse();
      if (i % 2 == 0) {
        breaker.succeeded();
      } else {
        breaker.failed(0);
      }
    }
    assertThat(breaker.isOpen()).isTrue();
  }
}
