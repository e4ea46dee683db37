package io.marquetry.segmentation.core.computed;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as attributes read it. Reading never fails: what has another shape than expected is not
 * there.
 */
final class Deed {
  private static final int MAX_KEY = 64;
  private static final int MAX_PRODUCTS = 20;

  private final Event event;
  private final Map<String, Object> properties;
  private final Map<?, ?> page;

  Deed(Event event) {
    this.event = event;
    this.properties = event.object("properties");
    this.page = event.object("context").get("page") instanceof Map<?, ?> map ? map : Map.of();
  }

  long at() {
    return event.at();
  }

  /** For a track call the event's name, else {@code page}, {@code screen} … */
  String name() {
    return event.name().length() <= MAX_KEY ? event.name() : event.name().substring(0, MAX_KEY);
  }

  boolean isTrack() {
    return event.type() == EventType.TRACK;
  }

  /** A page or a screen was looked at. */
  boolean isView() {
    return event.type() == EventType.PAGE || event.type() == EventType.SCREEN;
  }

  @Nullable Object property(String name) {
    return properties.get(name);
  }

  /** What is told of the page it happened on. */
  @Nullable Object page(String name) {
    return page.get(name);
  }

  /** What a list of products says of each, up to a bound. */
  List<Map<?, ?>> products() {
    if (!(properties.get("products") instanceof List<?> list)) {
      return List.of();
    }
    return list.stream()
        .limit(MAX_PRODUCTS)
        .filter(Map.class::isInstance)
        .<Map<?, ?>>map(product -> (Map<?, ?>) product)
        .toList();
  }

  static boolean isPositive(@Nullable Object value) {
    return value instanceof Number number && number.doubleValue() > 0;
  }

  static boolean isText(@Nullable Object value) {
    return value instanceof String text && !text.isBlank();
  }

  /**
   * A name as a step of a field's path: in lower case, every run of other characters than letters,
   * digits and {@code _} a hyphen; empty where there is none.
   */
  static String key(@Nullable Object value) {
    if (!(value instanceof String || value instanceof Number)) {
      return "";
    }
    var text = String.valueOf(value).strip();
    if (text.length() > MAX_KEY) {
      text = text.substring(0, MAX_KEY);
    }
    return isPlain(text) ? text : plain(text);
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  }

  private static String plain(String text) {
    var plain = new StringBuilder(text.length());
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(
            c -> {
              if (Character.isLetterOrDigit(c) || c == '_') {
                plain.appendCodePoint(c);
              } else if (!plain.isEmpty() && plain.charAt(plain.length() - 1) != '-') {
                plain.append('-');
              }
            });
    boolean open = !plain.isEmpty() && plain.charAt(plain.length() - 1) == '-';
    return open ? plain.substring(0, plain.length() - 1) : plain.toString();
  }
}
