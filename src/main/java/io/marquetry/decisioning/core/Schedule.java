package io.marquetry.decisioning.core;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a variant may be shown.
 *
 * @param from first millisecond since the epoch
 * @param to first millisecond since the epoch at which it may not any more
 */
record Schedule(long from, long to) {
  static final Schedule ALWAYS = new Schedule(Long.MIN_VALUE, Long.MAX_VALUE);

  /**
   * Reads {@code {from?, to?}}, each an ISO-8601 time with its offset or milliseconds since the
   * epoch.
   *
   * @throws IllegalArgumentException naming the member that is no time
   */
  static Schedule parse(@Nullable Object json) {
    if (json == null) {
      return ALWAYS;
    }
    if (!(json instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("schedule: an object with from and to is expected");
    }
    return new Schedule(
        time("from", map.get("from"), ALWAYS.from), time("to", map.get("to"), ALWAYS.to));
  }

  private static long time(String name, @Nullable Object value, long fallback) {
    if (value == null || "".equals(value)) {
      return fallback;
    }
    if (value instanceof Number millis) {
      return millis.longValue();
    }
    try {
      return OffsetDateTime.parse(value.toString()).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "schedule." + name + ": a time such as 2026-12-01T00:00:00Z is expected", e);
    }
  }

  boolean contains(long now) {
    return now >= from && now < to;
  }
}
