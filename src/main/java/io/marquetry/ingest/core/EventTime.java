package io.marquetry.ingest.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
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

  /** Times that no clock shows; within them differences of times cannot overflow. */
  private static final long ABSURD = Long.MAX_VALUE / 4;

  /** What senders write besides the usual form that ends in Z. */
  private static final DateTimeFormatter LOOSE =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .optionalStart()
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalEnd()
          .appendPattern("[XXX][XX][X]")
          .toFormatter();

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
    if (isAbsurd(timestamp) || (sentAt != null && isAbsurd(sentAt))) {
      return new EventTime(receivedAt, true, false);
    }
    long at = sentAt == null ? timestamp : receivedAt - (sentAt - timestamp);
    if (at > receivedAt + AHEAD_MILLIS || at < EARLIEST) {
      return new EventTime(receivedAt, true, false);
    }
    // Small lead is jitter between two clocks; an event cannot happen after it arrived.
    long settled = Math.min(at, receivedAt);
    return new EventTime(settled, false, receivedAt - settled > LATE_MILLIS);
  }

  private static boolean isAbsurd(long millis) {
    return millis > ABSURD || millis < -ABSURD;
  }

  /**
   * Reads an ISO-8601 time, in UTC where it names no zone, or milliseconds since the epoch; null
   * where it is neither.
   */
  static @Nullable Long parse(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    if (!(value instanceof String text)) {
      return null;
    }
    try {
      return (text.endsWith("Z") ? Instant.parse(text) : loose(text)).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Instant loose(String text) {
    return switch (LOOSE.parseBest(
        text.strip(), OffsetDateTime::from, LocalDateTime::from, LocalDate::from)) {
      case OffsetDateTime time -> time.toInstant();
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
      case LocalDate day -> day.atStartOfDay().toInstant(ZoneOffset.UTC);
      default -> throw new DateTimeException("no time");
    };
  }
}
