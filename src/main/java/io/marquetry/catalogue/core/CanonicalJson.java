package io.marquetry.catalogue.core;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One text for each JSON value, however it was written: names in order, numbers by value.
 *
 * <p>Used for comparing and hashing, never read back. A fraction without a remainder is written as
 * the whole number it is, since a database may hand back either.
 */
final class CanonicalJson {
  /** Beyond this a double no longer holds every whole number. */
  private static final double WHOLE = 0x1p53;

  private CanonicalJson() {}

  static String of(@Nullable Object value) {
    var text = new StringBuilder();
    write(text, value);
    return text.toString();
  }

  private static void write(StringBuilder out, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> map -> object(out, map);
      case List<?> list -> list(out, list);
      case Number number -> number(out, number);
      case Boolean flag -> out.append(flag);
      default -> quoted(out, value.toString());
    }
  }

  private static void object(StringBuilder out, Map<?, ?> map) {
    var sorted = new TreeMap<String, @Nullable Object>();
    map.forEach((name, value) -> sorted.put(String.valueOf(name), value));
    var separator = "{";
    for (var entry : sorted.entrySet()) {
      out.append(separator);
      quoted(out, entry.getKey());
      out.append(':');
      write(out, entry.getValue());
      separator = ",";
    }
    out.append(sorted.isEmpty() ? "{}" : "}");
  }

  private static void list(StringBuilder out, List<?> list) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      write(out, list.get(i));
    }
    out.append(']');
  }

  private static void number(StringBuilder out, Number number) {
    double real = number.doubleValue();
    if (number instanceof Long || number instanceof Integer) {
      out.append(number.longValue());
    } else if (real == Math.rint(real) && Math.abs(real) < WHOLE) {
      out.append((long) real);
    } else {
      out.append(real);
    }
  }

  private static void quoted(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }
}
