package io.marquetry.content;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values a name may mean at some point of a rendering, innermost first.
 *
 * <p>While binding, {@code live} is null and a live value is answered as the {@link LiveValue}
 * itself; at request time it is resolved. {@code item} marks a list element, as against a present
 * map.
 */
record Scope(@Nullable Scope outer, @Nullable Object current, boolean item) {

  static Scope of(Map<String, @Nullable Object> values) {
    return new Scope(null, values, false);
  }

  Scope withItem(@Nullable Object element) {
    return new Scope(this, element, true);
  }

  Scope withPresent(Object value) {
    return value instanceof Map<?, ?> ? new Scope(this, value, false) : this;
  }

  @Nullable Object find(Path path, @Nullable Bindings live) {
    if (path.isCurrent()) {
      return current;
    }
    List<String> segments = path.segments();
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.current instanceof Map<?, ?> map && map.containsKey(segments.getFirst())) {
        return follow(map, segments, 0, live);
      }
      if (scope.item && segments.getFirst().equals("item")) {
        return follow(scope.current, segments, 1, live);
      }
    }
    return null;
  }

  private static @Nullable Object follow(
      @Nullable Object start, List<String> segments, int from, @Nullable Bindings live) {
    Object value = start;
    for (int i = from; i < segments.size(); i++) {
      if (!(value instanceof Map<?, ?> map)) {
        return value instanceof LiveValue ? value : null;
      }
      value = resolved(map.get(segments.get(i)), live);
    }
    return value;
  }

  private static @Nullable Object resolved(@Nullable Object value, @Nullable Bindings live) {
    return value instanceof LiveValue bound && live != null ? bound.resolve(live) : value;
  }
}
