package io.marquetry.content;

import java.util.List;

/** A dotted path as written in a template tag; {@code .} alone is the current list element. */
record Path(List<String> segments) {
  static final Path CURRENT = new Path(List.of());

  String first() {
    return segments.isEmpty() ? "." : segments.getFirst();
  }

  boolean isCurrent() {
    return segments.isEmpty();
  }

  @Override
  public String toString() {
    return isCurrent() ? "." : String.join(".", segments);
  }
}
