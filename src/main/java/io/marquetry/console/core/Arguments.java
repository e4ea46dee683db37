package io.marquetry.console.core;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an operation is asked with, strictly: what is wrong is refused with its field, and a
 * field that the operation does not know is not passed over, since a filter that was misspelt would
 * otherwise look as if it had found everything.
 */
public final class Arguments {
  private final Map<String, Object> values;
  private final TreeSet<String> known = new TreeSet<>();

  private Arguments(Map<String, Object> values) {
    this.values = values;
  }

  public static Arguments of(Map<String, Object> values) {
    return new Arguments(values);
  }

  private static Refused wrong(String field, String message) {
    return new Refused(Reason.INVALID, field, message);
  }

  public @Nullable Object value(String field) {
    known.add(field);
    return values.get(field);
  }

  public @Nullable String optionalText(String field) {
    return switch (value(field)) {
      case null -> null;
      case String text -> text;
      default -> throw wrong(field, "must be a text");
    };
  }

  public String text(String field) {
    var text = optionalText(field);
    if (text == null || text.isEmpty()) {
      throw wrong(field, "is required: a text");
    }
    return text;
  }

  public boolean flag(String field, boolean fallback) {
    return switch (value(field)) {
      case null -> fallback;
      case Boolean flag -> flag;
      default -> throw wrong(field, "must be true or false");
    };
  }

  public @Nullable Integer optionalInteger(String field, int min, int max) {
    return switch (value(field)) {
      case null -> null;
      case Number number
          when number.doubleValue() == number.intValue()
              && number.intValue() >= min
              && number.intValue() <= max ->
          number.intValue();
      default -> throw wrong(field, "must be a whole number from " + min + " to " + max);
    };
  }

  /** Where to go on, as an earlier answer said. */
  public @Nullable Long optionalLong(String field) {
    return switch (value(field)) {
      case null -> null;
      case Number number -> number.longValue();
      default -> throw wrong(field, "must be a number");
    };
  }

  /** How many are wanted at most. */
  public int limit(int fallback, int max) {
    var limit = optionalInteger("limit", 1, max);
    return limit == null ? fallback : limit;
  }

  /** A time as ISO-8601 with its offset or as milliseconds since the epoch. */
  public @Nullable Long optionalTime(String field) {
    switch (value(field)) {
      case null -> {
        return null;
      }
      case Number millis -> {
        return millis.longValue();
      }
      case String text -> {
        try {
          return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
          throw wrong(field, "must be a time such as 2026-01-31T08:00:00Z");
        }
      }
      default -> throw wrong(field, "must be a time such as 2026-01-31T08:00:00Z");
    }
  }

  @SuppressWarnings("unchecked")
  public Map<String, Object> object(String field) {
    return switch (value(field)) {
      case null -> Map.of();
      case Map<?, ?> map -> (Map<String, Object>) map;
      default -> throw wrong(field, "must be an object");
    };
  }

  public @Nullable List<String> optionalTexts(String field) {
    var value = value(field);
    if (value == null) {
      return null;
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw wrong(field, "must be a list of texts");
  }

  /** Refuses what was never asked for. */
  public void end() {
    for (var field : values.keySet()) {
      if (!known.contains(field)) {
        throw wrong(field, "is unknown here; known are " + String.join(", ", known));
      }
    }
  }
}
