package io.marquetry.decisioning.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads members of a definition's body, and says which one is not what it should be. */
final class Bodies {
  private Bodies() {}

  static String text(Map<?, ?> body, String name) {
    if (body.get(name) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw new IllegalArgumentException(name + ": a text is expected");
  }

  /** A list of texts; empty where it is left out. */
  static List<String> texts(String name, @Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException(name + ": a list of texts is expected");
    }
    var texts = new ArrayList<String>();
    for (var element : list) {
      if (!(element instanceof String text)) {
        throw new IllegalArgumentException(name + ": a list of texts is expected");
      }
      texts.add(text);
    }
    return texts;
  }
}
