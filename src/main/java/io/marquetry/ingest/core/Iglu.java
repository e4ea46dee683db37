package io.marquetry.ingest.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Self-describing JSON, as Snowplow sends it: {@code {"schema":"iglu:vendor/name/format/version",
 * "data":…}}.
 *
 * @param name of the schema, {@code link_click}
 * @param data as sent, empty where it is no object
 */
record Iglu(String vendor, String name, String schema, Map<String, Object> data) {
  static final String SNOWPLOW = "com.snowplowanalytics.snowplow";
  static final String COMMERCE = "com.snowplowanalytics.snowplow.ecommerce";

  private static final String PREFIX = "iglu:";
  private static final int MAX_NAME = 128;
  private static final int MAX_ENTITIES = 64;

  /** Reads one; null where it does not describe itself. */
  @SuppressWarnings("unchecked")
  static @Nullable Iglu read(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)
        || !(map.get("schema") instanceof String schema)
        || !schema.startsWith(PREFIX)) {
      return null;
    }
    var parts = schema.substring(PREFIX.length()).split("/", 5);
    if (parts.length != 4 || parts[0].isEmpty() || parts[1].isEmpty()) {
      return null;
    }
    if (parts[0].length() > MAX_NAME || parts[1].length() > MAX_NAME) {
      return null;
    }
    var data = map.get("data") instanceof Map<?, ?> object ? (Map<String, Object>) object : null;
    return new Iglu(parts[0], parts[1], schema, data == null ? Map.of() : data);
  }

  boolean is(String vendor, String name) {
    return this.vendor.equals(vendor) && this.name.equals(name);
  }

  /** The event inside an {@code unstruct_event}; null where there is none. */
  static @Nullable Iglu event(@Nullable Object envelope) {
    return envelope instanceof Map<?, ?> map ? read(map.get("data")) : null;
  }

  /**
   * The entities inside {@code contexts}, by name, each name with all of its entities; what does
   * not describe itself is passed over.
   */
  static Map<String, List<Object>> entities(@Nullable Object envelope) {
    var byName = new LinkedHashMap<String, List<Object>>();
    if (envelope instanceof Map<?, ?> map && map.get("data") instanceof List<?> list) {
      for (var value : list.subList(0, Math.min(list.size(), MAX_ENTITIES))) {
        var entity = read(value);
        if (entity != null) {
          byName.computeIfAbsent(entity.name(), name -> new ArrayList<>()).add(entity.data());
        }
      }
    }
    return byName;
  }
}
