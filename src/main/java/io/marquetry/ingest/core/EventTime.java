package io.marquetry.ingest.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * When an event happened, by our clock.
 *
 * <p>The sender's clock may be wrong by any amount, but the time between happening and sending was
 * measured by one clock: {@code receivedAt − (sentAt − timestamp)}, the rule of the Segment
 * tracking spec. Where the sender does not say when it sent, its timestamp is taken as it is. A
 * result in the future is pulled back to the time of arrival and marked; one long past is kept and
 * marked.
 *
 * @param at milliseconds since the epoch
 */
public record EventTime(long at, boolean clamped, boolean late) {
  static final long AHEAD_MILLIS = Duration.ofMinutes(5).toMillis();
  static final long LATE_MILLIS = Duration.ofDays(7).toMillis();
  private static final long EARLIEST = Instant.parse("1995-01-01T00:00:00Z").toEpochMilli();

  /**
   * Corrects a sender's time.
   *
   * @param timestamp when it happened by the sender's clock, null where not said
   * @param sentAt when it was sent by the same clock, null where not said
   */
  static EventTime correct(@Nullable Long timestamp, @Nullable Long sentAt, long receivedAt) {
    if (timestamp == null) {
      return new EventTime(receivedAt, false, false);
    }
    long at = sentAt == null ? timestamp : receivedAt - (sentAt - timestamp);
    if (at > receivedAt + AHEAD_MILLIS || at < EARLIEST) {
      return new EventTime(receivedAt, true, false);
    }
    // Small lead is jitter between two clocks; an event cannot happen after it arrived.
    long settled = Math.min(at, receivedAt);
    return new EventTime(settled, false, receivedAt - settled > LATE_MILLIS);
  }

  /** Reads an ISO-8601 time or milliseconds since the epoch; null where it is neither. */
  static @Nullable Long parse(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    if (!(value instanceof String text)) {
      return null;
    }
    try {
      return (text.endsWith("Z") ? Instant.parse(text) : OffsetDateTime.parse(text).toInstant())
          .toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}
