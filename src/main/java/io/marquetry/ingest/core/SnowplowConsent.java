package io.marquetry.ingest.core;

import io.marquetry.grant.ConsentCategories;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Snowplow event says of consent, as a consent object of the Segment tracking spec.
 *
 * <p>Only a choice changes anything: a banner that is still open, or consent that was merely taken
 * as given, is an event like any other.
 */
final class SnowplowConsent {
  private static final int MAX_SCOPES = 50;

  private SnowplowConsent() {}

  /** Category to granted or not; empty where the event makes no choice. */
  static Map<String, Object> preferences(@Nullable Iglu event) {
    if (event == null) {
      return Map.of();
    }
    if (event.is(Iglu.SNOWPLOW, "consent_preferences")) {
      return switch (String.valueOf(event.data().get("eventType"))) {
        case "allow_all" -> Map.of(ConsentCategories.REST, true);
        case "allow_selected" -> selected(event.data().get("consentScopes"));
        case "deny_all", "withdrawn", "expired" -> Map.of(ConsentCategories.REST, false);
        default -> Map.of();
      };
    }
    boolean all = Boolean.TRUE.equals(event.data().get("all"));
    return all && event.is(Iglu.SNOWPLOW, "consent_withdrawn")
        ? Map.of(ConsentCategories.REST, false)
        : Map.of();
  }

  private static Map<String, Object> selected(@Nullable Object scopes) {
    var preferences = new LinkedHashMap<String, Object>();
    if (scopes instanceof List<?> list) {
      for (var scope : list.subList(0, Math.min(list.size(), MAX_SCOPES))) {
        preferences.put(String.valueOf(scope), true);
      }
    }
    preferences.put(ConsentCategories.REST, false);
    return preferences;
  }
}
