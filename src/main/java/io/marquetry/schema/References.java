package io.marquetry.schema;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds references that lead out of a schema, or nowhere: nothing is fetched, so an event could
 * never be checked against what they name.
 *
 * <p>In a schema that gives its parts ids of their own, references by id are left to the validator.
 */
final class References {
  private static final String DRAFTS = "json-schema.org/draft";

  /** What stands below these is a value, not a schema. */
  private static final Set<String> VALUES = Set.of("const", "default", "enum", "examples");

  private final Map<String, Object> root;
  private final Set<String> anchors = new HashSet<>();
  private int ids;

  private References(Map<String, Object> root) {
    this.root = root;
    name(root);
  }

  /**
   * Checks every reference of a schema.
   *
   * @throws EventSchema.Faulty naming one that leads nowhere
   */
  static void check(Map<String, Object> schema) {
    new References(schema).follow(schema);
  }

  private void name(@Nullable Object json) {
    if (json instanceof List<?> list) {
      list.forEach(this::name);
    } else if (json instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (value instanceof String text) {
              name(String.valueOf(key), text);
            } else if (!VALUES.contains(key)) {
              name(value);
            }
          });
    }
  }

  private void name(String key, String text) {
    switch (key) {
      case "$anchor", "$dynamicAnchor" -> anchors.add(text);
      case "$id", "id" -> ids++;
      default -> {}
    }
  }

  private void follow(@Nullable Object json) {
    if (json instanceof List<?> list) {
      list.forEach(this::follow);
    } else if (json instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            boolean reference = "$ref".equals(key) || "$dynamicRef".equals(key);
            if (reference && value instanceof String text) {
              check(text);
            } else if (!VALUES.contains(key)) {
              follow(value);
            }
          });
    }
  }

  private void check(String reference) {
    if (ids > 0 || reference.contains(DRAFTS) || reference.equals("#")) {
      return;
    }
    if (!reference.startsWith("#")) {
      throw new EventSchema.Faulty("refers to " + reference + ", which is not fetched");
    }
    var fragment = decoded(reference.substring(1));
    boolean found =
        fragment.startsWith("/")
            ? at(fragment.substring(1).split("/", -1)) != null
            : anchors.contains(fragment);
    if (!found) {
      throw new EventSchema.Faulty("refers to " + reference + ", which is not in it");
    }
  }

  private static String decoded(String fragment) {
    try {
      return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return fragment;
    }
  }

  private @Nullable Object at(String[] steps) {
    Object found = root;
    for (var step : steps) {
      var name = step.replace("~1", "/").replace("~0", "~");
      if (found instanceof Map<?, ?> map) {
        found = map.get(name);
      } else if (found instanceof List<?> list && isIndex(name, list.size())) {
        found = list.get(Integer.parseInt(name));
      } else {
        return null;
      }
    }
    return found;
  }

  private static boolean isIndex(String name, int size) {
    try {
      int index = Integer.parseInt(name);
      return index >= 0 && index < size;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
