package io.marquetry.catalogue.core;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.content.Keys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a definition strictly.
 *
 * <p>Every field is asked for by name; what is wrong is refused with its path, and what was never
 * asked for is unknown. What was read, with defaults written out, is what is stored: a reader of a
 * stored body needs no defaults of its own. A JSON null counts as left out.
 */
final class Body {
  /** The longest text, in UTF-16 units: as much as the edge takes in. */
  static final int MAX_TEXT = 64 * 1024;

  private static final int MAX_NAME = 200;

  private final String path;
  private final Map<String, Object> values;
  private final Map<String, Object> read = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  private Body(String path, Map<String, Object> values) {
    this.path = path;
    this.values = values;
  }

  static Body of(Map<String, Object> values) {
    return new Body("", values);
  }

  /** An object that stands at a path. */
  static Body at(String path, Map<String, Object> values) {
    return new Body(path, values);
  }

  static Refused wrong(String field, String message) {
    return new Refused(Reason.INVALID, field, message);
  }

  /** The path of a field, for messages. */
  String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  Refused fault(String field, String message) {
    return wrong(path(field), message);
  }

  @Nullable Object value(String field) {
    known.add(field);
    return values.get(field);
  }

  /** Keeps a value as it is to be stored. */
  <T> T keep(String field, T value) {
    known.add(field);
    read.put(field, value);
    return value;
  }

  /** Keeps what was not asked for as it is, for somebody else to read. */
  void keepRest() {
    for (var field : values.keySet()) {
      var value = value(field);
      if (value != null) {
        read.putIfAbsent(field, value);
      }
    }
  }

  String text(String field) {
    var text = optionalText(field);
    if (text == null || text.isEmpty()) {
      throw fault(field, "is required: a text");
    }
    return text;
  }

  @Nullable String optionalText(String field) {
    return switch (value(field)) {
      case null -> null;
      case String text when text.length() <= MAX_TEXT -> keep(field, text);
      case String _ -> throw fault(field, "is longer than " + MAX_TEXT + " characters");
      default -> throw fault(field, "must be a text");
    };
  }

  /** What people call it; the key where nothing is said. */
  void name(String key) {
    var name = optionalText("name");
    if (name != null && name.length() > MAX_NAME) {
      throw fault("name", "is longer than " + MAX_NAME + " characters");
    }
    keep("name", name == null || name.isBlank() ? key : name);
  }

  /** A key in the one alphabet of keys. */
  String key(String field) {
    return checkKey(path(field), text(field));
  }

  static String checkKey(String field, String key) {
    if (!Keys.isKey(key)) {
      throw wrong(field, "a key is 1 to 64 of A-Z, a-z, 0-9, _ and -");
    }
    return key;
  }

  String oneOf(String field, String fallback, List<String> choices) {
    var text = optionalText(field);
    if (text == null) {
      return keep(field, fallback);
    }
    if (!choices.contains(text)) {
      throw fault(field, "must be one of " + String.join(", ", choices));
    }
    return text;
  }

  boolean flag(String field, boolean fallback) {
    return switch (value(field)) {
      case null -> keep(field, fallback);
      case Boolean flag -> keep(field, flag);
      default -> throw fault(field, "must be true or false");
    };
  }

  void number(String field, long fallback, long min, long max) {
    switch (value(field)) {
      case null -> keep(field, fallback);
      case Number number when number.doubleValue() >= min && number.doubleValue() <= max ->
          keep(field, number);
      default -> throw fault(field, "must be a number from " + min + " to " + max);
    }
  }

  /** An object as it is; null where it is left out. */
  @SuppressWarnings("unchecked")
  @Nullable Map<String, Object> optionalObject(String field) {
    return switch (value(field)) {
      case null -> null;
      case Map<?, ?> map -> (Map<String, Object>) keep(field, map);
      default -> throw fault(field, "must be an object");
    };
  }

  Map<String, Object> object(String field) {
    var object = optionalObject(field);
    if (object == null) {
      throw fault(field, "is required: an object");
    }
    return object;
  }

  /** Reads an object inside this one by the same rules; left out where it is. */
  void inner(String field, Function<Body, Map<String, Object>> reader) {
    var object = optionalObject(field);
    if (object != null) {
      keep(field, reader.apply(new Body(path(field), object)));
    }
  }

  /** Reads each object of a list by the same rules; an empty list where it is left out. */
  void objects(String field, int most, Function<Body, Map<String, Object>> reader) {
    var value = value(field);
    var read = new ArrayList<Map<String, Object>>();
    if (value != null && !(value instanceof List<?> list && list.size() <= most)) {
      throw fault(field, "must be a list of at most " + most + " objects");
    }
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        var at = path(field) + "[" + i + "]";
        if (!(list.get(i) instanceof Map<?, ?> object)) {
          throw wrong(at, "must be an object");
        }
        @SuppressWarnings("unchecked")
        var inner = new Body(at, (Map<String, Object>) object);
        read.add(reader.apply(inner));
      }
    }
    keep(field, List.copyOf(read));
  }

  /** A list of texts that each pass a check; null where it is left out. */
  @Nullable List<String> texts(String field, int most, Check check) {
    var value = value(field);
    if (value == null) {
      return null;
    }
    if (!(value instanceof List<?> list) || list.size() > most) {
      throw fault(field, "must be a list of at most " + most + " texts");
    }
    var texts = new ArrayList<String>();
    for (int i = 0; i < list.size(); i++) {
      var at = path(field) + "[" + i + "]";
      if (!(list.get(i) instanceof String text)) {
        throw wrong(at, "must be a text");
      }
      check.check(at, text);
      texts.add(text);
    }
    return keep(field, List.copyOf(texts));
  }

  /** A check of one element, refusing it with its path. */
  @FunctionalInterface
  interface Check {
    void check(String path, String value);
  }

  /**
   * Ends the reading.
   *
   * @return what was read, unmodifiable
   */
  Map<String, Object> done() {
    for (var field : values.keySet()) {
      if (!known.contains(field)) {
        throw fault(field, "is unknown; known are " + String.join(", ", known));
      }
    }
    return Collections.unmodifiableMap(read);
  }
}
