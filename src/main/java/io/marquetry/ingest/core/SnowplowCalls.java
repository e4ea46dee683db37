package io.marquetry.ingest.core;

import io.marquetry.grant.ConsentCategories;
import io.marquetry.ingest.core.Translation.Call;
import io.marquetry.ingest.core.Translation.Unclear;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts an event of the Snowplow tracker protocol into a call of the Segment tracking spec.
 *
 * <p>Page views become page calls, screen views screen calls, everything else a track call: by the
 * name the spec has for it, else by its own. What the spec has no place for stays under {@code
 * context.snowplow}: entities by name, session, platform. Total: whatever the fields hold, the
 * outcome is a call or a reason. The device is the tracker's domain user id, else its session's
 * user, else the network user id.
 */
public final class SnowplowCalls {
  /** Where the reader leaves the self-describing event and the entities, taken apart. */
  public static final String EVENT = "ue";

  public static final String ENTITIES = "co";

  private static final Map<String, Object> REFUSED =
      Map.of("categoryPreferences", Map.of("analytics", false));

  private SnowplowCalls() {}

  /** What happened: a call without who, when and where. */
  record Happening(String type, @Nullable String name, Map<String, Object> properties) {
    static Happening track(String name, Map<String, Object> properties) {
      return new Happening("track", name, properties);
    }
  }

  /**
   * Translates one event.
   *
   * @param fields as the protocol names them, values as texts; {@link #EVENT} and {@link #ENTITIES}
   *     as objects
   * @param nameless whether the visitor wants to be known by nothing but what the tracker says
   */
  public static Translation of(Map<String, Object> fields, boolean nameless) {
    var entities = Iglu.entities(fields.get(ENTITIES));
    var happening = happening(fields, entities);
    if (happening == null) {
      return unclear(fields);
    }
    var call = new LinkedHashMap<String, Object>();
    put(call, "messageId", text(fields, "eid"));
    call.put("type", happening.type());
    put(call, happening.type().equals("track") ? "event" : "name", happening.name());
    boolean named = identify(call, fields, entities, nameless);
    var wrong = time(call, fields);
    if (wrong != null) {
      return wrong;
    }
    call.put("properties", happening.properties());
    var context = SnowplowContext.of(fields, entities);
    var preferences = SnowplowConsent.preferences(Iglu.event(fields.get(EVENT)));
    if (!preferences.isEmpty()) {
      context.put("consent", Map.of("categoryPreferences", preferences));
    } else if (nameless && !named) {
      context.put("consent", REFUSED); // counted, as its visitor wants it, and kept nowhere
    }
    call.put("context", context);
    return new Call(call);
  }

  private static @Nullable Happening happening(
      Map<String, Object> fields, Map<String, List<Object>> entities) {
    return switch (text(fields, "e")) {
      case "pv" -> new Happening("page", text(fields, "page"), SnowplowContext.page(fields));
      case "pp" -> Happening.track("Page Pinged", ping(fields));
      case "ue" -> selfDescribing(fields, entities);
      case "se" -> structured(fields);
      case "tr" -> Happening.track("Order Completed", SnowplowCommerce.order(fields));
      case "ti" -> Happening.track("Product Purchased", SnowplowCommerce.item(fields));
      case null, default -> null;
    };
  }

  private static Translation unclear(Map<String, Object> fields) {
    return switch (text(fields, "e")) {
      case "ue" -> new Unclear("bad_schema", "ue_pr or ue_px must hold self-describing JSON");
      case "se" -> new Unclear("missing_event", "a structured event needs its action, se_ac");
      case null, default -> new Unclear("unknown_type", "e must be one of pv, pp, ue, se, tr, ti");
    };
  }

  private static Map<String, Object> ping(Map<String, Object> fields) {
    var properties = SnowplowContext.page(fields);
    put(properties, "minX", number(fields, "pp_mix"));
    put(properties, "maxX", number(fields, "pp_max"));
    put(properties, "minY", number(fields, "pp_miy"));
    put(properties, "maxY", number(fields, "pp_may"));
    return properties;
  }

  private static @Nullable Happening structured(Map<String, Object> fields) {
    var action = text(fields, "se_ac");
    if (action == null) {
      return null;
    }
    var properties = new LinkedHashMap<String, Object>();
    put(properties, "category", text(fields, "se_ca"));
    put(properties, "label", text(fields, "se_la"));
    put(properties, "property", text(fields, "se_pr"));
    put(properties, "value", number(fields, "se_va"));
    return Happening.track(action, properties);
  }

  private static @Nullable Happening selfDescribing(
      Map<String, Object> fields, Map<String, List<Object>> entities) {
    var event = Iglu.event(fields.get(EVENT));
    if (event == null) {
      return null;
    }
    return SnowplowConsent.preferences(event).isEmpty()
        ? SnowplowNames.happening(event, entities)
        : Happening.track(ConsentCategories.UPDATE, event.data());
  }

  /** Says whose the event is; answers whether anybody is named. */
  private static boolean identify(
      Map<String, Object> call,
      Map<String, Object> fields,
      Map<String, List<Object>> entities,
      boolean nameless) {
    var device = text(fields, "duid");
    if (device == null && first(entities, "client_session").get("userId") instanceof String id) {
      device = id.isBlank() ? null : id;
    }
    if (device == null && !nameless) {
      device = text(fields, "tnuid");
    }
    if (device == null && !nameless) {
      device = text(fields, "nuid");
    }
    put(call, "anonymousId", device);
    put(call, "userId", text(fields, "uid"));
    return call.containsKey("anonymousId") || call.containsKey("userId");
  }

  /**
   * A true timestamp is taken as it is; the device's clock is corrected by when it says it sent.
   */
  private static @Nullable Unclear time(Map<String, Object> call, Map<String, Object> fields) {
    for (var field : List.of("ttm", "dtm")) {
      if (text(fields, field) != null) {
        var time = instant(fields, field);
        if (time == null) {
          return new Unclear("bad_timestamp", field + " must be milliseconds since the epoch");
        }
        call.put("timestamp", time);
        if (field.equals("dtm")) {
          put(call, "sentAt", instant(fields, "stm"));
        }
        return null;
      }
    }
    return null;
  }

  private static @Nullable String instant(Map<String, Object> fields, String field) {
    try {
      var text = text(fields, field);
      return text == null ? null : Instant.ofEpochMilli(Long.parseLong(text)).toString();
    } catch (NumberFormatException | DateTimeException e) {
      return null;
    }
  }

  // ---- reading

  /** The first entity of a name; empty where there is none. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> first(Map<String, List<Object>> entities, String name) {
    var named = entities.get(name);
    return named != null && named.getFirst() instanceof Map<?, ?> map
        ? (Map<String, Object>) map
        : Map.of();
  }

  /** A field as a text; null where it is not there or blank. Some senders write numbers. */
  static @Nullable String text(Map<String, Object> fields, String field) {
    return switch (fields.get(field)) {
      case String text when !text.isBlank() -> text;
      case Long number -> Long.toString(number);
      case Double number -> Double.toString(number);
      case null, default -> null;
    };
  }

  /** A field as a number where it is one, else as it is; null where it is not there. */
  static @Nullable Object number(Map<String, Object> fields, String field) {
    var text = text(fields, field);
    if (text == null) {
      return null;
    }
    try {
      double number = Double.parseDouble(text);
      if (number == Math.rint(number) && Math.abs(number) < 1e15) {
        return (long) number;
      }
      return Double.isFinite(number) ? (Object) number : text;
    } catch (NumberFormatException e) {
      return text;
    }
  }

  static void put(Map<String, Object> target, String field, @Nullable Object value) {
    if (value != null) {
      target.put(field, value);
    }
  }
}
