package io.marquetry.decisioning.core;

import io.marquetry.condition.FieldPath;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one decision read: the values, by dotted path, and the segments it found the visitor in. */
public final class Signals {
  /** Under this name the segments stand beside the values. */
  public static final String SEGMENTS = "segments";

  /** Under this name stands for whom lots were drawn, where that is not the profile. */
  public static final String UNIT = "unit";

  /** Under this name stands what was read of a request and may not be kept. */
  public static final String WITHHELD = "withheld";

  private static final int MAX_COARSE = 32;
  private static final List<FieldPath> COARSE =
      List.of(FieldPath.of("geo.country"), FieldPath.of("device.class"));

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Set<String> segments = new LinkedHashSet<>();

  /** Notes by what lots are drawn, where that is not the visitor's own profile. */
  public void drawnBy(Id128 unit) {
    values.put(UNIT, unit.toString());
  }

  void read(String path, Object value) {
    values.put(path, value);
  }

  void found(String segment) {
    segments.add(segment);
  }

  /** Everything, as it is logged. */
  public Map<String, Object> all() {
    if (!segments.isEmpty()) {
      values.put(SEGMENTS, Collections.unmodifiableList(new ArrayList<>(segments)));
    }
    return values;
  }

  /**
   * All that may be kept of a request that nobody consented to have remembered: country and class
   * of device, which single nobody out; and of what else was read, that it was.
   */
  public Map<String, Object> coarse(Map<String, Object> request) {
    var kept = new LinkedHashMap<String, Object>();
    for (var path : COARSE) {
      if (path.resolve(request) instanceof String text && text.length() <= MAX_COARSE) {
        kept.put(path.toString(), text);
      }
    }
    var withheld = values.keySet().stream().filter(path -> !kept.containsKey(path)).toList();
    if (!withheld.isEmpty()) {
      kept.put(WITHHELD, withheld);
    }
    return kept;
  }
}
