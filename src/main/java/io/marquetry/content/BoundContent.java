package io.marquetry.content;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Validated content: rich text is {@link SafeHtml}, live bindings are {@link LiveValue}, everything
 * else plain and unmodifiable.
 */
record BoundContent(
    Map<String, @Nullable Object> values, Set<String> livePaths, List<String> warnings) {

  /** The content as plain JSON values, live ones resolved. */
  Map<String, @Nullable Object> plain(Bindings live) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    values.forEach((key, value) -> plain.put(key, plain(value, live)));
    return Collections.unmodifiableMap(plain);
  }

  private static @Nullable Object plain(@Nullable Object value, Bindings live) {
    return switch (value) {
      case SafeHtml rich -> rich.html();
      case LiveValue bound -> liveValue(bound, live);
      case List<?> list -> {
        List<@Nullable Object> plain = new ArrayList<>(list.size());
        list.forEach(element -> plain.add(plain(element, live)));
        yield Collections.unmodifiableList(plain);
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        map.forEach((key, member) -> plain.put(String.valueOf(key), plain(member, live)));
        yield Collections.unmodifiableMap(plain);
      }
      case null, default -> value;
    };
  }

  /** Readers of the JSON take a richtext field for HTML, so live text is escaped for them here. */
  private static @Nullable Object liveValue(LiveValue bound, Bindings live) {
    Object value = bound.resolve(live);
    if (bound.type() == FieldType.RICHTEXT && value instanceof String text) {
      Utf8Writer escaped = new Utf8Writer(text.length());
      Escapers.text(text, escaped);
      return escaped.toString();
    }
    return plain(value, live);
  }
}
