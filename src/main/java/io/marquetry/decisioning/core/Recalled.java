package io.marquetry.decisioning.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The signals of a logged decision, to decide by them again. A segment is named as {@code
 * segments.key} here, so that it can be left out like any other signal.
 */
final class Recalled {
  private static final String SEGMENT = Signals.SEGMENTS + ".";
  private static final Set<String> OTHER = Set.of(Signals.SEGMENTS, Signals.UNIT, Signals.WITHHELD);

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Set<String> segments = new LinkedHashSet<>();
  private final Set<String> missed = new LinkedHashSet<>();

  /**
   * @param signals as {@link Signals#all} gave them
   */
  Recalled(Map<String, Object> signals) {
    signals.forEach(
        (name, value) -> {
          if (!OTHER.contains(name)) {
            values.put(name, value);
          }
        });
    if (signals.get(Signals.SEGMENTS) instanceof List<?> keys) {
      keys.forEach(key -> segments.add(String.valueOf(key)));
    }
  }

  /** All of them. */
  List<String> names() {
    var names = new ArrayList<>(values.keySet());
    segments.forEach(segment -> names.add(SEGMENT + segment));
    return names;
  }

  /** As if some had not been there. */
  Recalled without(Set<String> names) {
    values.keySet().removeAll(names);
    segments.removeIf(segment -> names.contains(SEGMENT + segment));
    return this;
  }

  @Nullable Object value(String path) {
    var value = values.get(path);
    if (value == null) {
      missed.add(path);
    }
    return value;
  }

  boolean inSegment(String key) {
    boolean member = segments.contains(key);
    if (!member) {
      missed.add(SEGMENT + key);
    }
    return member;
  }

  /** What was asked for and is not there. */
  Set<String> missed() {
    return new HashSet<>(missed);
  }
}
