package io.marquetry.condition;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain JSON values in one normal form: keys sorted, no spaces, numbers as JavaScript would
 * print them.
 */
final class Canonical {
  private Canonical() {}

  static void write(StringBuilder out, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case String text -> string(out, text);
      case Map<?, ?> map -> object(out, map);
      case List<?> list -> array(out, list);
      case Number number -> out.append(Loose.text(number));
      default -> out.append(value);
    }
  }

  /** Writes {@code {"name":value}}. */
  static void member(StringBuilder out, String name, @Nullable Object value) {
    out.append('{');
    string(out, name);
    out.append(':');
    write(out, value);
    out.append('}');
  }

  private static void object(StringBuilder out, Map<?, ?> map) {
    var sorted = new TreeMap<String, @Nullable Object>();
    map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    String separator = "{";
    for (var entry : sorted.entrySet()) {
      out.append(separator);
      string(out, entry.getKey());
      out.append(':');
      write(out, entry.getValue());
      separator = ",";
    }
    out.append(sorted.isEmpty() ? "{}" : "}");
  }

  private static void array(StringBuilder out, List<?> list) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      write(out, list.get(i));
    }
    out.append(']');
  }

  static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
