package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an event happened.
 *
 * @param view whether it is a view of a page or a screen, as against something done on it
 */
record PageSeen(
    boolean view, @Nullable String path, @Nullable String url, @Nullable String referrer) {
  private static final int MAX_TEXT = 1_024;

  /**
   * Reads {@code context.page}; for a page call also its properties, where server-side SDKs put the
   * same, and for a missing path the address.
   */
  static PageSeen of(Event event) {
    var type = event.type();
    var properties = type == EventType.PAGE ? event.object("properties") : Map.<String, Object>of();
    var page = event.object("context").get("page") instanceof Map<?, ?> map ? map : Map.of();
    var url = text(page, properties, "url");
    var path = text(page, properties, "path");
    return new PageSeen(
        type == EventType.PAGE || type == EventType.SCREEN,
        path == null && url != null ? pathOf(url) : path,
        url,
        text(page, properties, "referrer"));
  }

  /** Whether it says anything about how the visitor got here. */
  boolean isPlace() {
    return path != null || url != null;
  }

  private static @Nullable String text(Map<?, ?> page, Map<?, ?> properties, String key) {
    var value = page.get(key) instanceof String text ? text : properties.get(key);
    return value instanceof String text && !text.isEmpty() && text.length() <= MAX_TEXT
        ? text
        : null;
  }

  private static @Nullable String pathOf(String url) {
    int host = url.indexOf("://");
    int start = host < 0 ? -1 : url.indexOf('/', host + 3);
    if (start < 0) {
      return host < 0 ? null : "/";
    }
    int end = start;
    while (end < url.length() && url.charAt(end) != '?' && url.charAt(end) != '#') {
      end++;
    }
    return url.substring(start, end);
  }
}
