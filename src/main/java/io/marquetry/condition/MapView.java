package io.marquetry.condition;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A view over a plain map of attributes, for trying conditions out and for matching single events;
 * it remembers no behaviour, so every behavioural leaf is false.
 *
 * @param attributes nested plain JSON values; kept by reference, must not change while in use
 * @param segments keys of the segments the visitor counts as being in
 */
public record MapView(Map<String, Object> attributes, Set<String> segments) implements ProfileView {
  /** A view of a visitor who is in no segment. */
  public static MapView of(Map<String, Object> attributes) {
    return new MapView(attributes, Set.of());
  }

  @Override
  public @Nullable Object field(FieldPath path) {
    return path.resolve(attributes);
  }

  @Override
  public boolean inSegment(String key) {
    return segments.contains(key);
  }

  @Override
  public boolean behaved(Behaviour behaviour) {
    return false;
  }
}
