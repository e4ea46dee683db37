package io.marquetry.content;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A content value that is looked up for each request.
 *
 * <p>What a visitor brings is data, so a live richtext value is text: it is escaped, never markup.
 * A value of the wrong type counts as absent, and then the default shows.
 */
record LiveValue(String path, @Nullable FieldType type, int limit, @Nullable Object fallback) {
  /** The most elements a live list shows. */
  static final int MAX_ITEMS = 100;

  private static final int MAX_TEXT = 8_192;
  private static final int MAX_DEPTH = 8;

  /** The value for this request, or the default. */
  @Nullable Object resolve(Bindings live) {
    Object value = fitting(live.value(path));
    return value == null ? fallback : value;
  }

  private @Nullable Object fitting(@Nullable Object value) {
    if (type == null) {
      return limited(value, 0);
    }
    return switch (type) {
      case LIST -> value instanceof List<?> ? limited(value, 0) : null;
      case NUMBER -> value instanceof Number ? value : null;
      case BOOLEAN -> value instanceof Boolean ? value : null;
      case URL -> value instanceof String url ? UrlPolicy.safe(cut(url), false) : null;
      case IMAGE -> value instanceof String url ? UrlPolicy.safe(cut(url), true) : null;
      case TEXT, RICHTEXT -> value instanceof List<?> ? null : limited(value, 0);
    };
  }

  private @Nullable Object limited(@Nullable Object value, int depth) {
    return switch (value) {
      case String text -> cut(text);
      case List<?> list when depth < MAX_DEPTH -> {
        List<@Nullable Object> kept = new ArrayList<>();
        for (Object element : list.subList(0, Math.min(limit, list.size()))) {
          kept.add(limited(element, depth + 1));
        }
        yield kept;
      }
      case Map<?, ?> map when depth < MAX_DEPTH -> {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        map.forEach((key, member) -> kept.put(String.valueOf(key), limited(member, depth + 1)));
        yield kept;
      }
      case Number number -> number;
      case Boolean bool -> bool;
      case null, default -> null;
    };
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }
}
