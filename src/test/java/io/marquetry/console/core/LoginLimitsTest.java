package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoginLimitsTest {
  private final LoginLimits limits = new LoginLimits(1_000);

  @Test
  void begin_fiveFailuresInAMinute_refusesTheSixthFromAnywhere() {
    for (int i = 0; i < 5; i++) {
      assertThat(limits.begin("ann", "address " + i, i)).isTrue();
    }
    assertThat(limits.begin("ann", "elsewhere", 59_999)).isFalse();
    assertThat(limits.begin("ben", "elsewhere", 59_999)).isTrue();
  }

  @Test
  void begin_aMinuteLater_countsAnew() {
    IntStream.range(0, 5).forEach(i -> limits.begin("ann", "here", 0));
    assertThat(limits.begin("ann", "here", 60_000)).isTrue();
  }

  @Test
  void begin_refusedAttempts_doNotLengthenTheWait() {
    IntStream.range(0, 5).forEach(i -> limits.begin("ann", "here", 0));
    IntStream.range(0, 50).forEach(i -> limits.begin("ann", "here", 30_000));
    assertThat(limits.begin("ann", "here", 60_001)).isTrue();
  }

  @Test
  void begin_twentyFailuresFromOneAddress_refusesEveryAccountFromThere() {
    for (int i = 0; i < 20; i++) {
      assertThat(limits.begin("account " + i, "here", 0)).isTrue();
    }
    assertThat(limits.begin("another", "here", 1)).isFalse();
    assertThat(limits.begin("another", "there", 1)).isTrue();
  }

  @Test
  void succeeded_anyNumber_neverLocksOut() {
    for (int i = 0; i < 100; i++) {
      assertThat(limits.begin("ann", "here", i)).isTrue();
      limits.succeeded("ann", "here", i);
    }
  }

  @Test
  void begin_sprayOfAccountsFromOneAddress_doesNotMakeAnAccountForgotten() {
    var small = new LoginLimits(30);
    IntStream.range(0, 5).forEach(i -> small.begin("ann", "attacker", 0));
    IntStream.range(0, 10_000).forEach(i -> small.begin("spray " + i, "attacker", 1));
    assertThat(small.begin("ann", "other", 2)).isFalse();
  }
}
