package io.marquetry.ingest.core;

import static io.marquetry.ingest.core.SnowplowCalls.number;
import static io.marquetry.ingest.core.SnowplowCalls.put;
import static io.marquetry.ingest.core.SnowplowCalls.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a Snowplow event happened: page, browser, screen, session, and the entities around it. */
final class SnowplowContext {
  private SnowplowContext() {}

  /** The {@code context} of the call; may be added to. */
  static Map<String, Object> of(Map<String, Object> fields, Map<String, List<Object>> entities) {
    var context = new LinkedHashMap<String, Object>();
    putObject(context, "page", page(fields));
    put(context, "userAgent", text(fields, "ua"));
    put(context, "locale", text(fields, "lang"));
    put(context, "timezone", text(fields, "tz"));
    putObject(context, "screen", size(fields, "res"));
    putObject(context, "viewport", size(fields, "vp"));
    putObject(context, "library", library(text(fields, "tv")));
    putObject(context, "snowplow", tracker(fields, entities));
    return context;
  }

  /** The page as both the call's properties and its context name it. */
  static Map<String, Object> page(Map<String, Object> fields) {
    var page = new LinkedHashMap<String, Object>();
    var url = text(fields, "url");
    put(page, "title", text(fields, "page"));
    put(page, "referrer", text(fields, "refr"));
    if (url != null) {
      page.put("url", url);
      put(page, "path", path(url));
      put(page, "search", search(url));
    }
    return page;
  }

  /** The path of a web address, however ill-formed the rest of it is; null where it has none. */
  private static @Nullable String path(String url) {
    int host = url.indexOf("://");
    int authority = host < 0 ? 0 : host + 3;
    int end = end(url, "?#", authority);
    int slash = url.indexOf('/', authority);
    if (slash < 0 || slash > end) {
      return host < 0 ? null : "/";
    }
    return url.substring(slash, end);
  }

  private static @Nullable String search(String url) {
    int from = url.indexOf('?');
    int fragment = end(url, "#", 0);
    return from < 0 || from > fragment ? null : url.substring(from, fragment);
  }

  /** Where the first of these characters stands; the end where none does. */
  private static int end(String url, String characters, int from) {
    int end = url.length();
    for (int i = 0; i < characters.length(); i++) {
      int at = url.indexOf(characters.charAt(i), from);
      end = at < 0 ? end : Math.min(end, at);
    }
    return end;
  }

  /** {@code 1920x1080}. */
  private static Map<String, Object> size(Map<String, Object> fields, String field) {
    var size = new LinkedHashMap<String, Object>();
    var text = text(fields, field);
    int x = text == null ? -1 : text.indexOf('x');
    if (text != null && x > 0) {
      var parts = Map.<String, Object>of("w", text.substring(0, x), "h", text.substring(x + 1));
      if (number(parts, "w") instanceof Long width && number(parts, "h") instanceof Long height) {
        size.put("width", width);
        size.put("height", height);
      }
    }
    return size;
  }

  /** {@code js-3.24.0}. */
  private static Map<String, Object> library(@Nullable String tracker) {
    var library = new LinkedHashMap<String, Object>();
    if (tracker != null) {
      int dash = tracker.lastIndexOf('-');
      library.put("name", "snowplow-" + (dash > 0 ? tracker.substring(0, dash) : tracker));
      put(library, "version", dash > 0 ? tracker.substring(dash + 1) : null);
    }
    return library;
  }

  private static Map<String, Object> tracker(
      Map<String, Object> fields, Map<String, List<Object>> entities) {
    var tracker = new LinkedHashMap<String, Object>();
    put(tracker, "appId", text(fields, "aid"));
    put(tracker, "platform", text(fields, "p"));
    put(tracker, "namespace", text(fields, "tna"));
    put(tracker, "sessionId", text(fields, "sid"));
    put(tracker, "sessionIndex", number(fields, "vid"));
    var event = Iglu.event(fields.get(SnowplowCalls.EVENT));
    put(tracker, "schema", event == null ? null : event.schema());
    if (!entities.isEmpty()) {
      tracker.put("entities", entities);
    }
    return tracker;
  }

  private static void putObject(
      Map<String, Object> target, String field, Map<String, Object> value) {
    if (!value.isEmpty()) {
      target.put(field, value);
    }
  }
}
