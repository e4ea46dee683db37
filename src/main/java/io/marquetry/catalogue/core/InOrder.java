package io.marquetry.catalogue.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A JSON object with its names in order, whoever wrote it and wherever it was kept. */
final class InOrder {
  private InOrder() {}

  static Map<String, Object> of(Map<String, Object> object) {
    var ordered = new LinkedHashMap<String, Object>();
    new TreeMap<>(object).forEach((name, value) -> ordered.put(name, value(value)));
    return Collections.unmodifiableMap(ordered);
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // a JSON null in a list stays one
  private static Object value(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> of((Map<String, Object>) map);
      case List<?> list -> {
        var copy = new ArrayList<@Nullable Object>(list.size());
        list.forEach(one -> copy.add(value(one)));
        yield Collections.unmodifiableList(copy);
      }
      case null -> null;
      default -> value;
    };
  }
}
