package io.marquetry.assembly.core;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What ESI tags may know of a request: {@code $(HTTP_COOKIE{name})}, {@code $(QUERY_STRING{name})},
 * {@code $(HTTP_HOST)}, {@code $(HTTP_REFERER)}, {@code $(HTTP_USER_AGENT)} and {@code
 * $(HTTP_ACCEPT_LANGUAGE)}, each with a default behind {@code |}.
 *
 * @param whole values by name
 * @param parts values by name and key
 */
public record EsiVariables(Map<String, String> whole, Map<String, Map<String, String>> parts) {
  public EsiVariables {
    whole = Map.copyOf(whole);
    parts = Map.copyOf(parts);
  }

  /** The value of {@code NAME} or {@code NAME{key}}, with or without a default; else empty. */
  String value(String reference) {
    int bar = reference.indexOf('|');
    var name = (bar < 0 ? reference : reference.substring(0, bar)).strip();
    var otherwise = bar < 0 ? "" : unquoted(reference.substring(bar + 1).strip());
    int brace = name.indexOf('{');
    if (brace < 0 || !name.endsWith("}")) {
      return whole.getOrDefault(name, otherwise);
    }
    var key = name.substring(brace + 1, name.length() - 1);
    return parts.getOrDefault(name.substring(0, brace), Map.of()).getOrDefault(key, otherwise);
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() > 1 && text.startsWith("'") && text.endsWith("'");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  /** A text with its variables replaced; values are escaped, for they come from the request. */
  String fill(String text) {
    return fill(text, EsiVariables::escaped);
  }

  private String fill(String text, UnaryOperator<String> escape) {
    int start = text.indexOf("$(");
    if (start < 0) {
      return text;
    }
    var filled = new StringBuilder();
    int from = 0;
    while (start >= 0) {
      int end = text.indexOf(')', start);
      if (end < 0) {
        break;
      }
      filled.append(text, from, start).append(escape.apply(value(text.substring(start + 2, end))));
      from = end + 1;
      start = text.indexOf("$(", from);
    }
    return filled.append(text, from, text.length()).toString();
  }

  /** The same for an address: values are percent-encoded. */
  String fillAddress(String text) {
    return fill(text, EsiVariables::encoded);
  }

  private static String escaped(String value) {
    var escaped = new StringBuilder();
    value
        .codePoints()
        .forEach(
            c -> {
              boolean plain = c >= ' ' && c < 127 && "&<>\"'".indexOf(c) < 0;
              if (plain) {
                escaped.append((char) c);
              } else {
                escaped.append("&#").append(c).append(';');
              }
            });
    return escaped.toString();
  }

  private static String encoded(String value) {
    var encoded = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
      encoded.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return encoded.toString();
  }
}
