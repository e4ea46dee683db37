package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a profile takes from one event.
 *
 * <p>Design note: everything is read out, and bounded, before the profile is touched. An event that
 * cannot be read fails here and leaves no half of itself behind; folding an occurrence cannot fail.
 *
 * @param traits what it says of the visitor, small enough to be kept
 * @param said the last word on device, place, campaign and request, where it says anything
 * @param product key and description of the product looked at, if it was one
 */
record Occurrence(
    Event event,
    Stamp stamp,
    PageSeen page,
    Map<String, Object> traits,
    Map<Root, Map<String, Object>> said,
    @Nullable Product product)
    implements Sighting {
  private static final int MAX_TRAIT = 4_096;
  private static final int MAX_NAME = 128;
  private static final int MAX_SAID = 4_096;

  /** Names of what happens to a visitor elsewhere: it counts, but it is no visit. */
  private static final List<String> ELSEWHERE =
      List.of("Email ", "Push Notification ", "SMS ", "Ticket ", "Support ", "Unsubscribed");

  /** A product and what to show of it. */
  record Product(String id, Map<String, Object> shown) {}

  static Occurrence of(Event event, Devices devices) {
    var context = event.object("context");
    var page = PageSeen.of(event);
    var said = new EnumMap<Root, Map<String, Object>>(Root.class);
    say(said, Root.CONTEXT, request(context, page));
    say(said, Root.DEVICE, device(context, devices));
    say(said, Root.GEO, context.get("location") instanceof Map<?, ?> m ? m : context.get("geo"));
    say(said, Root.CAMPAIGN, context.get("campaign"));
    say(said, Root.ATTRIBUTES, group(event));
    var stamp = new Stamp(event.at(), event.message());
    return new Occurrence(event, stamp, page, traits(event), said, product(event));
  }

  @Override
  public long at() {
    return stamp.at();
  }

  /** As a {@code where} reads it. */
  ProfileView view() {
    return new EventView(event, page);
  }

  @Override
  public @Nullable Object value(FieldPath path) {
    return new EventView(event, page).field(path);
  }

  /** Whether it happened on the site or in the app, and so is part of a visit. */
  boolean isVisit() {
    return isVisit(event.type() == EventType.TRACK, event.name());
  }

  static boolean isVisit(boolean track, String name) {
    if (track) {
      for (int i = 0; i < ELSEWHERE.size(); i++) {
        if (name.startsWith(ELSEWHERE.get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  @SuppressWarnings("unchecked")
  private static void say(Map<Root, Map<String, Object>> said, Root root, @Nullable Object value) {
    if (value instanceof Map<?, ?> map && !map.isEmpty() && Weight.within(map, MAX_SAID)) {
      said.put(root, (Map<String, Object>) map);
    }
  }

  private static Map<String, Object> traits(Event event) {
    var source =
        event.type() == EventType.IDENTIFY
            ? event.object("traits")
            : event.object("context").get("traits");
    if (!(source instanceof Map<?, ?> map) || map.isEmpty()) {
      return Map.of();
    }
    var traits = new LinkedHashMap<String, Object>();
    map.forEach(
        (key, value) -> {
          var name = String.valueOf(key);
          if (name.length() <= MAX_NAME && Weight.within(value, MAX_TRAIT)) {
            traits.put(name, value);
          }
        });
    return traits;
  }

  private static Map<String, Object> request(Map<String, Object> context, PageSeen page) {
    var request = new LinkedHashMap<String, Object>(4);
    var seen = new LinkedHashMap<String, Object>(8);
    if (context.get("page") instanceof Map<?, ?> map && Weight.within(map, MAX_SAID / 2)) {
      map.forEach((key, value) -> seen.put(String.valueOf(key), value));
    }
    put(seen, "path", page.path());
    put(seen, "url", page.url());
    put(seen, "referrer", page.referrer());
    if (!seen.isEmpty()) {
      request.put("page", seen);
    }
    put(request, "locale", context.get("locale") instanceof String text ? text : null);
    put(request, "timezone", context.get("timezone") instanceof String text ? text : null);
    return request;
  }

  /** What the user agent tells; what the event itself says of its device goes before that. */
  private static Map<String, Object> device(Map<String, Object> context, Devices devices) {
    boolean known = context.get("device") instanceof Map<?, ?> found && found.containsKey("class");
    var told =
        !known && context.get("userAgent") instanceof String agent
            ? devices.of(agent)
            : Map.<String, Object>of();
    boolean own = context.get("device") instanceof Map<?, ?> || context.get("os") != null;
    if (!own) {
      return told;
    }
    var device = new LinkedHashMap<>(told);
    if (context.get("os") instanceof Map<?, ?> os && os.get("name") instanceof String name) {
      device.put("os", name);
    }
    if (context.get("device") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> device.put(String.valueOf(key), value));
    }
    return device;
  }

  private static Map<String, Object> group(Event event) {
    if (event.type() != EventType.GROUP || !(event.fields().get("groupId") instanceof String id)) {
      return Map.of();
    }
    var group = new LinkedHashMap<>(event.object("traits"));
    group.put("id", id);
    return Map.of("group", group);
  }

  private static @Nullable Product product(Event event) {
    if (event.type() != EventType.TRACK || !event.name().equals("Product Viewed")) {
      return null;
    }
    var properties = event.object("properties");
    var id = first(properties, "product_id", "productId", "id", "sku");
    if (id == null || String.valueOf(id).length() > MAX_NAME) {
      return null;
    }
    var shown = new LinkedHashMap<String, Object>(8);
    shown.put("id", id);
    for (var key : List.of("name", "price", "url", "category")) {
      put(shown, key, first(properties, key));
    }
    put(shown, "image", first(properties, "image", "image_url", "imageUrl"));
    return Weight.within(shown, MAX_SAID) ? new Product(String.valueOf(id), shown) : null;
  }

  /** The first of these properties that is there and is no object or list. */
  private static @Nullable Object first(Map<String, Object> properties, String... keys) {
    for (var key : keys) {
      var value = properties.get(key);
      if (value instanceof String || value instanceof Number) {
        return value;
      }
    }
    return null;
  }

  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }
}
