package io.marquetry.catalogue.core;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When a variant may be shown: from and to, each an ISO-8601 instant, each optional. */
final class Schedules {
  private Schedules() {}

  static Map<String, Object> check(Body schedule) {
    var from = instant(schedule, "from");
    var to = instant(schedule, "to");
    if (from != null && to != null && !from.isBefore(to)) {
      throw schedule.fault("to", "must be later than from");
    }
    return schedule.done();
  }

  /** Whether two stored definitions are in force at the same time for a while. */
  static boolean meet(Map<String, Object> one, Map<String, Object> other) {
    return from(one).isBefore(to(other)) && from(other).isBefore(to(one));
  }

  private static Instant from(Map<String, Object> body) {
    return bound(body, "from", Instant.MIN);
  }

  private static Instant to(Map<String, Object> body) {
    return bound(body, "to", Instant.MAX);
  }

  private static Instant bound(Map<String, Object> body, String field, Instant open) {
    return body.get("schedule") instanceof Map<?, ?> schedule
            && schedule.get(field) instanceof String text
        ? OffsetDateTime.parse(text).toInstant()
        : open;
  }

  /** The instant a field says; null where it is left out. */
  static @Nullable Instant instant(Body schedule, String field) {
    var text = schedule.optionalText(field);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw schedule.fault(field, "must be a time with its offset, such as 2026-01-31T08:00:00Z");
    }
  }
}
