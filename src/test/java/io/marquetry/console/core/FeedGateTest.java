package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FeedGateTest {
  @Test
  void admit_moreThanAllowed_countsTheRest() {
    var gate = new FeedGate(3);
    for (int i = 0; i < 10; i++) {
      assertThat(gate.admit(5_000 + i)).isEqualTo(i < 3);
    }
    assertThat(gate.admit(6_000)).isTrue();
    assertThat(gate.shown()).isEqualTo(4);
    assertThat(gate.passedOver()).isEqualTo(7);
  }

  @Test
  void perSecond_severalSeconds_isTheirMean() {
    var rate = new Rate();
    assertThat(rate.perSecond()).isZero();
    rate.add(10);
    rate.tick();
    assertThat(rate.perSecond()).isEqualTo(10);
    rate.add(5);
    rate.tick();
    assertThat(rate.perSecond()).isEqualTo(7.5);
    for (int i = 0; i < 5; i++) {
      rate.tick();
    }
    assertThat(rate.perSecond()).isZero();
    assertThat(rate.total()).isEqualTo(15);
  }
}
