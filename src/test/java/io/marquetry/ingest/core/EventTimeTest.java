package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {
  private static final long RECEIVED = Instant.parse("2026-11-22T10:00:00Z").toEpochMilli();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = 24 * HOUR;

  @Test
  void correct_noTimestamp_isTheTimeOfArrival() {
    assertThat(EventTime.correct(null, null, RECEIVED))
        .isEqualTo(new EventTime(RECEIVED, false, false));
    assertThat(EventTime.correct(null, RECEIVED - DAY, RECEIVED).at()).isEqualTo(RECEIVED);
  }

  @ParameterizedTest
  @ValueSource(longs = {-24, -3, 0, 3, 24})
  void correct_clockWrongByHours_keepsTheTimeBetweenHappeningAndSending(long hours) {
    long wrong = RECEIVED + hours * HOUR;
    assertThat(EventTime.correct(wrong - 4_000, wrong, RECEIVED))
        .isEqualTo(new EventTime(RECEIVED - 4_000, false, false));
  }

  @Test
  void correct_noSentAt_takesTheTimestampAsItIs() {
    assertThat(EventTime.correct(RECEIVED - HOUR, null, RECEIVED))
        .isEqualTo(new EventTime(RECEIVED - HOUR, false, false));
  }

  @Test
  void correct_littleAhead_isSettledAtArrivalWithoutAMark() {
    assertThat(EventTime.correct(RECEIVED + EventTime.AHEAD_MILLIS, null, RECEIVED))
        .isEqualTo(new EventTime(RECEIVED, false, false));
    assertThat(EventTime.correct(RECEIVED + EventTime.AHEAD_MILLIS + 1, null, RECEIVED))
        .isEqualTo(new EventTime(RECEIVED, true, false));
  }

  @Test
  void correct_longPast_isKeptAndMarkedLate() {
    assertThat(EventTime.correct(RECEIVED - EventTime.LATE_MILLIS, null, RECEIVED).late())
        .isFalse();
    assertThat(EventTime.correct(RECEIVED - EventTime.LATE_MILLIS - 1, null, RECEIVED))
        .isEqualTo(new EventTime(RECEIVED - EventTime.LATE_MILLIS - 1, false, true));
  }

  @Test
  void correct_absurdClock_isClampedAndMarked() {
    var clamped = new EventTime(RECEIVED, true, false);
    assertThat(EventTime.correct(0L, null, RECEIVED)).isEqualTo(clamped);
    assertThat(EventTime.correct(RECEIVED + DAY, null, RECEIVED)).isEqualTo(clamped);
    assertThat(EventTime.correct(Long.MIN_VALUE, null, RECEIVED)).isEqualTo(clamped);
    assertThat(EventTime.correct(Long.MAX_VALUE, Long.MIN_VALUE, RECEIVED)).isEqualTo(clamped);
    assertThat(EventTime.correct(Long.MIN_VALUE, Long.MAX_VALUE, RECEIVED)).isEqualTo(clamped);
  }

  /** Whatever a sender claims, no event lies in the future or before there were shops. */
  @Test
  void correct_anyClaim_liesInAPossiblePast() {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      long timestamp = random.nextLong() >> random.nextInt(64);
      Long sent = random.nextBoolean() ? null : random.nextLong() >> random.nextInt(64);
      var time = EventTime.correct(timestamp, sent, RECEIVED);
      assertThat(time.at())
          .isLessThanOrEqualTo(RECEIVED)
          .isGreaterThan(Instant.parse("1994-12-31T23:59:59Z").toEpochMilli());
      assertThat(time.clamped() && time.at() != RECEIVED).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2015-12-12T19:11:01.152Z, 2015-12-12T19:11:01.152Z",
    "2015-12-12T19:11:01Z, 2015-12-12T19:11:01Z",
    "2015-12-12T19:11:01.152999999Z, 2015-12-12T19:11:01.152Z",
    "2015-12-12T19:11:01.152+02:00, 2015-12-12T17:11:01.152Z",
    "2015-12-12T19:11:01-0530, 2015-12-13T00:41:01Z",
    "2015-12-12T19:11:01+02, 2015-12-12T17:11:01Z",
    "2015-12-12t19:11:01+00:00, 2015-12-12T19:11:01Z",
    "2015-12-12T19:11:01, 2015-12-12T19:11:01Z",
    "2015-12-12T19:11, 2015-12-12T19:11:00Z",
    "2015-12-12 19:11:01.5, 2015-12-12T19:11:01.5Z",
    "2015-12-12, 2015-12-12T00:00:00Z",
  })
  void parse_isoForms_areRead(String text, Instant expected) {
    assertThat(EventTime.parse(text)).isEqualTo(expected.toEpochMilli());
  }

  @Test
  void parse_number_isMillisecondsSinceTheEpoch() {
    assertThat(EventTime.parse(1_449_947_461_152L)).isEqualTo(1_449_947_461_152L);
    assertThat(EventTime.parse(1_449_947_461_152.0)).isEqualTo(1_449_947_461_152L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "yesterday",
        "12/12/2015",
        "2015-13-12T19:11:01Z",
        "2015-12-12T25:11:01Z",
        "2015-12-12T19:11:01+99:00",
        "Wed Dec 02 2015 10:00:00 GMT",
        "+1000000000-12-31T23:59:59.999999999Z",
        "2015-12-12T19:11:01Z or so"
      })
  void parse_noTime_isNull(String text) {
    assertThat(EventTime.parse(text)).isNull();
  }

  @Test
  void parse_otherTypes_areNull() {
    assertThat(EventTime.parse(null)).isNull();
    assertThat(EventTime.parse(true)).isNull();
    assertThat(EventTime.parse(java.util.List.of())).isNull();
  }
}
