package io.marquetry.content;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A start tag, as offsets into its source: {@code [start, end)} with both angle brackets. {@code
 * foreignDepth} counts the svg and math elements it stands in.
 */
record Tag(
    String name,
    int start,
    int end,
    boolean selfClosing,
    int foreignDepth,
    List<Attribute> attributes) {

  /**
   * A raw value {@code [valueStart, valueEnd)}, references not decoded; empty when there is none.
   */
  record Attribute(String name, int start, int valueStart, int valueEnd) {
    String value(String source) {
      return source.substring(valueStart, valueEnd);
    }
  }

  /** The first attribute of that name, the one browsers use. */
  @Nullable Attribute attribute(String attributeName) {
    for (Attribute attribute : attributes) {
      if (attribute.name().equals(attributeName)) {
        return attribute;
      }
    }
    return null;
  }
}
