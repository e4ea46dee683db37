package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private final Sessions sessions = new Sessions();

  private void visit(long... minutes) {
    for (long minute : minutes) {
      sessions.add(
          Occurrence.of(Visits.page("/p" + minute, NOON + minute * MINUTE), Visits.DEVICES),
          TIMEOUT);
    }
  }

  private Session current(long minute) {
    return Objects.requireNonNull(sessions.current(NOON + minute * MINUTE, TIMEOUT));
  }

  @Test
  void add_pauseShorterThanTimeout_isOneVisit() {
    visit(0, 29, 58);

    assertThat(sessions.visits()).isOne();
    assertThat(current(58).pageViews).isEqualTo(3);
  }

  @Test
  void add_pauseOfExactlyTheTimeout_isAnotherVisit() {
    visit(0, 30);

    assertThat(sessions.visits()).isEqualTo(2);
    assertThat(current(30).pageViews).isOne();
  }

  @Test
  void current_timeoutPassed_isNone() {
    visit(0);

    assertThat(sessions.current(NOON + TIMEOUT - 1, TIMEOUT)).isNotNull();
    assertThat(sessions.current(NOON + TIMEOUT, TIMEOUT)).isNull();
  }

  @Test
  void add_lateEventOfAnEarlierVisit_leavesTheCurrentOneAlone() {
    visit(0, 120, 5);

    assertThat(sessions.visits()).isEqualTo(2);
    assertThat(current(120).events).isOne();
    assertThat(sessions.kept().getFirst().events).isEqualTo(2);
  }

  @Test
  void add_lateEventBetweenTwoVisits_bridgesThem() {
    visit(0, 50, 25);

    assertThat(sessions.visits()).isOne();
    assertThat(current(50).events).isEqualTo(3);
    assertThat(current(50).field("landingPath")).isEqualTo("/p0");
  }

  @Test
  void add_lateFirstEvent_isTheLanding() {
    visit(10, 0);

    assertThat(current(10).field("landingPath")).isEqualTo("/p0");
    assertThat(current(10).field("startedAt")).isEqualTo(Times.text(NOON));
  }

  @Test
  void add_eventOlderThanAllKeptVisits_countsInNone() {
    visit(0, 100, 200, 300, 400);

    assertThat(
            sessions.add(
                Occurrence.of(Visits.page("/", NOON - 500 * MINUTE), Visits.DEVICES), TIMEOUT))
        .isNull();
    assertThat(sessions.visits()).isEqualTo(5);
  }

  @Test
  void add_whatHappensElsewhere_isNoVisit() {
    assertThat(Occurrence.of(Visits.track("Email Opened", NOON), Visits.DEVICES).isVisit())
        .isFalse();
    assertThat(Occurrence.of(Visits.track("Product Viewed", NOON), Visits.DEVICES).isVisit())
        .isTrue();
  }
}
