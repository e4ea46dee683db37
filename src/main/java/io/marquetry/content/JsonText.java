package io.marquetry.content;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON of plain values, with every character escaped that means something to an HTML parser. */
final class JsonText {
  private static final int MAX_DEPTH = 32;

  private final StringBuilder out;

  private JsonText(StringBuilder out) {
    this.out = out;
  }

  static void write(@Nullable Object value, StringBuilder out) {
    new JsonText(out).value(value, 0);
  }

  private void value(@Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new InvalidContentException("json", "nests deeper than " + MAX_DEPTH);
    }
    switch (value) {
      case null -> out.append("null");
      case String text -> string(text);
      case Boolean bool -> out.append(bool.booleanValue());
      case Number number -> number(number);
      case List<?> list -> list(list, depth + 1);
      case Map<?, ?> map -> map(map, depth + 1);
      default -> throw new InvalidContentException("json", "holds a " + value.getClass().getName());
    }
  }

  private void number(Number number) {
    boolean finite = Double.isFinite(number.doubleValue());
    out.append(finite ? number.toString() : "null");
  }

  private void list(List<?> list, int depth) {
    char before = '[';
    for (Object element : list) {
      out.append(before);
      value(element, depth);
      before = ',';
    }
    out.append(list.isEmpty() ? "[]" : "]");
  }

  private void map(Map<?, ?> map, int depth) {
    char before = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(before);
      string(String.valueOf(entry.getKey()));
      out.append(':');
      value(entry.getValue(), depth);
      before = ',';
    }
    out.append(map.isEmpty() ? "{}" : "}");
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
