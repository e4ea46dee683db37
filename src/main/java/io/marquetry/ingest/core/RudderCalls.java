package io.marquetry.ingest.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts what only RudderStack's clients say into calls of the Segment tracking spec. */
public final class RudderCalls {
  private static final Set<String> FIELDS =
      Set.of(
          "anonymousId",
          "userId",
          "messageId",
          "event",
          "name",
          "timestamp",
          "originalTimestamp",
          "sentAt");
  private static final Set<String> OBJECTS = Set.of("properties", "context", "traits");
  private static final int MAX_STEPS = 5;

  private RudderCalls() {}

  /** Whether a call joins two identifiers. */
  public static boolean isMerge(Map<String, Object> call) {
    return "merge".equals(call.get("type")) || call.containsKey("mergeProperties");
  }

  /**
   * The alias call that a merge comes to; null where it does not name one device and one person.
   *
   * <p>Two persons are never joined by what comes in from outside, and an address or a number is no
   * identifier here.
   */
  public static @Nullable Map<String, Object> alias(Map<String, Object> merge) {
    if (!(merge.get("mergeProperties") instanceof List<?> named) || named.size() != 2) {
      return null;
    }
    var device = value(named, Set.of("anonymous_id", "anonymousId"));
    var person = value(named, Set.of("user_id", "userId"));
    if (device == null || person == null) {
      return null;
    }
    var call = new LinkedHashMap<>(merge);
    call.remove("mergeProperties");
    call.put("type", "alias");
    call.put("previousId", device);
    call.put("userId", person);
    return call;
  }

  private static @Nullable Object value(List<?> named, Set<String> types) {
    for (var one : named) {
      if (one instanceof Map<?, ?> property
          && property.get("type") instanceof String type
          && types.contains(type)) {
        return property.get("value");
      }
    }
    return null;
  }

  /**
   * The call in the query of a pixel: the fields of the spec, and {@code properties.…}, {@code
   * context.…} and {@code traits.…} by path. The first of several values counts; what is none of
   * these is passed over.
   */
  public static Map<String, Object> pixel(List<Map.Entry<String, String>> query) {
    var call = new LinkedHashMap<String, Object>();
    for (var parameter : query) {
      var steps = parameter.getKey().split("\\.", MAX_STEPS + 1);
      if (FIELDS.contains(parameter.getKey())) {
        call.putIfAbsent(parameter.getKey(), parameter.getValue());
      } else if (OBJECTS.contains(steps[0]) && steps.length > 1 && steps.length <= MAX_STEPS) {
        put(call, steps, parameter.getValue());
      }
    }
    return call;
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> call, String[] steps, String value) {
    var object = call;
    for (int i = 0; i < steps.length - 1; i++) {
      var inner = object.computeIfAbsent(steps[i], step -> new LinkedHashMap<String, Object>());
      if (!(inner instanceof Map<?, ?> map)) {
        return; // a text stands where the path goes on
      }
      object = (Map<String, Object>) map;
    }
    object.putIfAbsent(steps[steps.length - 1], value);
  }
}
