package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionsTest {
  private final Sessions sessions = new Sessions(1_000, 100);

  @Test
  void use_withinTheIdleTime_beginsItAnew() {
    sessions.begin("s", "ann", 0);
    assertThat(sessions.use("s", 99)).isNotNull();
    assertThat(sessions.use("s", 198)).isNotNull();
    assertThat(sessions.use("s", 298)).isNull();
  }

  @Test
  void use_alwaysBusy_endsAfterTheLifetimeAllTheSame() {
    sessions.begin("s", "ann", 0);
    for (int now = 50; now < 1_000; now += 50) {
      assertThat(sessions.use("s", now)).isNotNull();
    }
    assertThat(sessions.use("s", 1_000)).isNull();
  }

  @Test
  void expire_onlyWhatIsOver_isNamedOnce() {
    sessions.begin("old", "ann", 0);
    sessions.begin("new", "ann", 60);
    assertThat(sessions.expire(100)).containsExactly("old");
    assertThat(sessions.expire(100)).isEmpty();
    assertThat(sessions.use("new", 100)).isNotNull();
  }

  @Test
  void endAll_ofOneUser_leavesTheOthers() {
    sessions.begin("a1", "ann", 0);
    sessions.begin("a2", "ann", 0);
    sessions.begin("b", "ben", 0);
    assertThat(sessions.endAll("ann")).containsExactlyInAnyOrder("a1", "a2");
    assertThat(sessions.use("a1", 1)).isNull();
    assertThat(sessions.use("b", 1)).isNotNull();
  }

  @Test
  void trim_moreThanAUserMayHave_endsTheOldest() {
    for (int i = 0; i < 103; i++) {
      sessions.begin("s" + i, "ann", i % 90);
    }
    assertThat(sessions.trim("ann")).hasSize(3).contains("s0", "s90");
    assertThat(sessions.size()).isEqualTo(100);
  }
}
