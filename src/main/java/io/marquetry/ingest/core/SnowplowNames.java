package io.marquetry.ingest.core;

import io.marquetry.ingest.core.SnowplowCalls.Happening;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names that the Segment tracking spec has for what Snowplow's own schemas describe. An event
 * of any other schema goes by the name of its schema, {@code button_click}, and keeps its data as
 * properties.
 */
final class SnowplowNames {
  private static final Map<String, String> NAMES =
      Map.of(
          "link_click", "Link Clicked",
          "submit_form", "Form Submitted",
          "site_search", "Products Searched",
          "application_install", "Application Installed",
          "application_foreground", "Application Foregrounded",
          "application_background", "Application Backgrounded",
          "deep_link_received", "Deep Link Opened",
          "add_to_cart", "Product Added",
          "remove_from_cart", "Product Removed");

  private SnowplowNames() {}

  static Happening happening(Iglu event, Map<String, List<Object>> entities) {
    if (event.is(Iglu.COMMERCE, "snowplow_ecommerce_action")) {
      return SnowplowCommerce.action(event, entities);
    }
    if (!event.vendor().startsWith(Iglu.SNOWPLOW) && !event.vendor().startsWith("com.snowplow")) {
      return Happening.track(event.name(), event.data());
    }
    return switch (event.name()) {
      case "screen_view" -> screen(event.data());
      case "link_click" -> Happening.track("Link Clicked", link(event.data()));
      case "site_search" -> Happening.track("Products Searched", search(event.data()));
      case "add_to_cart", "remove_from_cart" ->
          Happening.track(name(event), SnowplowCommerce.basket(event.data()));
      default -> Happening.track(name(event), event.data());
    };
  }

  private static String name(Iglu event) {
    return NAMES.getOrDefault(event.name(), event.name());
  }

  private static Happening screen(Map<String, Object> data) {
    return new Happening("screen", data.get("name") instanceof String name ? name : null, data);
  }

  private static Map<String, Object> link(Map<String, Object> data) {
    var properties = new LinkedHashMap<>(data);
    SnowplowCalls.put(properties, "url", data.get("targetUrl"));
    return properties;
  }

  private static Map<String, Object> search(Map<String, Object> data) {
    var properties = new LinkedHashMap<>(data);
    SnowplowCalls.put(properties, "query", terms(data.get("terms")));
    return properties;
  }

  private static @Nullable String terms(@Nullable Object terms) {
    return switch (terms) {
      case String text -> text;
      case List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(" "));
      case null, default -> null;
    };
  }
}
