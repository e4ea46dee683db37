package io.marquetry.ingest.core;

import io.marquetry.ingest.core.Translation.Call;
import io.marquetry.ingest.core.Translation.Unclear;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a provider's webhook reads, as data: which of its events have a name here, whose they are,
 * when they happened, and what is kept of them. Read strictly from a file at start; applying it is
 * total. What has no name here is passed over, so that a provider may send more than is wanted.
 */
public final class HookMapping {
  private static final Set<String> KNOWN =
      Set.of(
          "provider",
          "signature",
          "events",
          "type",
          "messageId",
          "timestamp",
          "userId",
          "anonymousId",
          "properties",
          "context",
          "names");

  private final String provider;
  private final @Nullable HookSignature signature;
  private final @Nullable HookValue events;
  private final HookValue type;
  private final Map<String, HookValue> fields;
  private final Unit unit;
  private final Map<String, HookValue> properties;
  private final Map<String, HookValue> context;
  private final Map<String, Name> names;

  /** How a provider tells time. */
  private enum Unit {
    SECONDS,
    MILLISECONDS,
    ISO
  }

  /** What one of its events is called here, and the properties that only this one has. */
  private record Name(String event, Map<String, HookValue> properties) {}

  /**
   * Reads a mapping file.
   *
   * @param provider by the name of the file
   * @throws IllegalArgumentException saying what is wrong, and where in the file
   */
  public HookMapping(String provider, Map<String, Object> json) {
    this.provider = provider;
    checkKeys("", json, KNOWN);
    signature =
        json.containsKey("signature") ? HookSignature.read(object(json, "signature")) : null;
    events = json.containsKey("events") ? HookValue.read("events", json.get("events")) : null;
    type = HookValue.read("type", json.get("type"));
    fields = new LinkedHashMap<>();
    for (var field : List.of("messageId", "userId", "anonymousId")) {
      if (json.containsKey(field)) {
        fields.put(field, HookValue.read(field, json.get(field)));
      }
    }
    unit = time(json);
    properties = values("properties", json);
    context = values("context", json);
    names = names(json);
  }

  private static void checkKeys(String at, Map<String, Object> json, Set<String> known) {
    for (var key : json.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            at + key + " is unknown; known are " + new TreeSet<>(known));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> json, String field) {
    if (json.get(field) instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException(field + " must be an object");
  }

  private Unit time(Map<String, Object> json) {
    if (!json.containsKey("timestamp")) {
      return Unit.ISO;
    }
    var time = object(json, "timestamp");
    checkKeys("timestamp.", time, Set.of("value", "unit"));
    fields.put("timestamp", HookValue.read("timestamp.value", time.get("value")));
    return switch (String.valueOf(time.get("unit"))) {
      case "seconds" -> Unit.SECONDS;
      case "milliseconds" -> Unit.MILLISECONDS;
      case "iso" -> Unit.ISO;
      default ->
          throw new IllegalArgumentException(
              "timestamp.unit must be one of seconds, milliseconds, iso");
    };
  }

  private static Map<String, HookValue> values(String field, Map<String, Object> json) {
    if (!json.containsKey(field)) {
      return Map.of();
    }
    var values = new LinkedHashMap<String, HookValue>();
    object(json, field)
        .forEach((name, value) -> values.put(name, HookValue.read(field + "." + name, value)));
    return Collections.unmodifiableMap(values);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Name> names(Map<String, Object> json) {
    var names = new LinkedHashMap<String, Name>();
    object(json, "names")
        .forEach(
            (type, value) -> {
              var at = "names." + type;
              switch (value) {
                case String event when !event.isBlank() ->
                    names.put(type, new Name(event, Map.of()));
                case Map<?, ?> map when map.get("event") instanceof String event -> {
                  var inner = (Map<String, Object>) map;
                  checkKeys(at + ".", inner, Set.of("event", "properties"));
                  names.put(type, new Name(event, values("properties", inner)));
                }
                case null, default ->
                    throw new IllegalArgumentException(
                        at + " must be a name, or {event, properties}");
              }
            });
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names must give at least one event a name");
    }
    return Collections.unmodifiableMap(names);
  }

  public String provider() {
    return provider;
  }

  /** How the provider signs what it sends; null where it does not. */
  public @Nullable HookSignature signature() {
    return signature;
  }

  /** The events in a body, which is a list or an object; what is no event is among them. */
  @SuppressWarnings("unchecked")
  public List<Object> events(@Nullable Object body) {
    var found = body;
    if (events != null && body instanceof Map<?, ?> map) {
      found = events.in((Map<String, Object>) map);
    }
    var list = new ArrayList<>();
    if (found instanceof List<?> several) {
      list.addAll(several);
    } else if (found != null) {
      list.add(found);
    }
    return list;
  }

  /** Translates one event; null where it has no name here. */
  @SuppressWarnings("unchecked")
  public @Nullable Translation translate(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return new Unclear("malformed", "an event must be a JSON object");
    }
    var event = (Map<String, Object>) map;
    var name = name(event);
    return name == null ? null : call(event, name);
  }

  private @Nullable Name name(Map<String, Object> event) {
    for (var candidate : type.all(event)) {
      var name = names.get(String.valueOf(candidate));
      if (name != null) {
        return name;
      }
    }
    return null;
  }

  private Translation call(Map<String, Object> event, Name name) {
    var call = new LinkedHashMap<String, Object>();
    call.put("type", "track");
    call.put("event", name.event());
    for (var field : List.of("userId", "anonymousId")) {
      put(call, field, text(field, event));
    }
    var id = text("messageId", event);
    put(call, "messageId", id == null ? null : provider + ":" + id);
    var time = fields.get("timestamp");
    if (time != null && time.in(event) != null) {
      var instant = instant(time, event);
      if (instant == null) {
        return new Unclear("bad_timestamp", "the time of the event is not in " + unit);
      }
      call.put("timestamp", instant);
    }
    var told = new LinkedHashMap<String, Object>();
    properties.forEach((field, value) -> put(told, field, value.in(event)));
    name.properties().forEach((field, value) -> put(told, field, value.in(event)));
    call.put("properties", told);
    var around = new LinkedHashMap<String, Object>();
    around.put("library", Map.of("name", "hook-" + provider));
    context.forEach((field, value) -> put(around, field, value.in(event)));
    call.put("context", around);
    return new Call(call);
  }

  private @Nullable String text(String field, Map<String, Object> event) {
    var value = fields.get(field);
    return value == null ? null : value.text(event);
  }

  private @Nullable String instant(HookValue time, Map<String, Object> event) {
    try {
      var text = String.valueOf(time.text(event));
      return switch (unit) {
        case SECONDS -> Instant.ofEpochMilli(Math.round(number(text) * 1_000)).toString();
        case MILLISECONDS -> Instant.ofEpochMilli(Math.round(number(text))).toString();
        case ISO -> EventTime.parse(text) == null ? null : text;
      };
    } catch (NumberFormatException | DateTimeException e) {
      return null;
    }
  }

  private static double number(String text) {
    double number = Double.parseDouble(text);
    if (Double.isNaN(number) || Math.abs(number) > 1e14) {
      throw new NumberFormatException(text);
    }
    return number;
  }

  private static void put(Map<String, Object> target, String field, @Nullable Object value) {
    if (value != null) {
      target.put(field, value);
    }
  }
}
