package io.marquetry.content;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code {"$from": path, "limit"?, "default"?}} and {@code {"$items": true, "limit"?}}. */
final class LiveBindings {
  private static final Set<String> MEMBERS = Set.of("$from", "$items", "limit", "default");
  private static final int MAX_PATH = 200;

  private LiveBindings() {}

  static boolean isLive(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        && (map.containsKey("$from") || map.containsKey("$items"));
  }

  static LiveValue parse(
      String field, @Nullable FieldType type, Map<?, ?> json, @Nullable Object fallback) {
    for (Object member : json.keySet()) {
      if (!(member instanceof String name) || !MEMBERS.contains(name)) {
        throw new InvalidContentException(
            field, "a live binding has no member '" + member + "'; it may have " + MEMBERS);
      }
    }
    return new LiveValue(path(field, type, json), type, limit(field, json.get("limit")), fallback);
  }

  private static String path(String field, @Nullable FieldType type, Map<?, ?> json) {
    if (json.containsKey("$items")) {
      if (!Boolean.TRUE.equals(json.get("$items")) || json.containsKey("$from")) {
        throw new InvalidContentException(field, "\"$items\" must be true and stand alone");
      }
      if (type != null && type != FieldType.LIST) {
        throw new InvalidContentException(field, "recommended items need a field of type list");
      }
      return Bindings.ITEMS;
    }
    if (json.get("$from") instanceof String path && isPath(path)) {
      return path;
    }
    throw new InvalidContentException(
        field, "\"$from\" must be a dotted path such as attributes.recentlyViewed");
  }

  private static boolean isPath(String path) {
    if (path.length() > MAX_PATH) {
      return false;
    }
    for (String segment : path.split("\\.", -1)) {
      if (segment.isBlank() || segment.chars().anyMatch(Character::isISOControl)) {
        return false;
      }
    }
    return true;
  }

  private static int limit(String field, @Nullable Object limit) {
    if (limit == null) {
      return LiveValue.MAX_ITEMS;
    }
    if (limit instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= 1
        && number.intValue() <= LiveValue.MAX_ITEMS) {
      return number.intValue();
    }
    throw new InvalidContentException(
        field, "\"limit\" must be a whole number from 1 to " + LiveValue.MAX_ITEMS);
  }
}
