package io.marquetry.models.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an item is called, in the several ways in which shops write it down. */
final class Items {
  /** The longest id that is taken. */
  static final int MAX_ID = 128;

  private static final List<String> NAMES = List.of("product_id", "productId", "id", "sku");

  private Items() {}

  /** The id of an item, be it a text, a number or an object with one; null where it has none. */
  static @Nullable String id(@Nullable Object item) {
    return switch (item) {
      case String text when !text.isBlank() && text.length() <= MAX_ID -> text;
      case Long number -> number.toString();
      case Integer number -> number.toString();
      case Map<?, ?> map -> named(map);
      case null, default -> null;
    };
  }

  private static @Nullable String named(Map<?, ?> map) {
    for (var name : NAMES) {
      var value = map.get(name);
      if (value instanceof String || value instanceof Long || value instanceof Integer) {
        return id(value);
      }
    }
    return null;
  }

  /** The ids of a list of items, in order; what has no id is passed over. */
  static List<String> ids(@Nullable Object items, int most) {
    var ids = new ArrayList<String>();
    if (items instanceof List<?> list) {
      for (int i = 0; i < list.size() && ids.size() < most; i++) {
        var id = id(list.get(i));
        if (id != null && !ids.contains(id)) {
          ids.add(id);
        }
      }
    }
    return ids;
  }
}
