package io.marquetry.ingest.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.enrichment.Enricher;
import io.marquetry.enrichment.Findings;
import io.marquetry.enrichment.Sighting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds to an event what can be told of it: {@code context.device}, {@code context.campaign}, {@code
 * context.referrer}, {@code context.page.class} and {@code context.page.topic}.
 *
 * <p>Design note: done with what is in the log, on its way to profiles, never before consent was
 * asked. The log keeps what was sent; what is told of it is told again when it is read again, so a
 * pattern that is defined later also holds for what is replayed after. What the event states itself
 * stays as it is. A server's events, which say nothing of a page or a browser, pass through.
 */
public final class Enriching {
  private final Enricher enricher;

  public Enriching(Enricher enricher) {
    this.enricher = enricher;
  }

  /** The event with what can be told of it; itself where that is nothing. */
  public Event enrich(Event event) {
    var context = event.object("context");
    var found = enricher.enrich(sighting(event, context));
    var added = new LinkedHashMap<>(context);
    boolean more = put(added, "device", found.device());
    more |= put(added, "campaign", found.campaign());
    more |= put(added, "page", found.page());
    var road = found.referral();
    if (road != null && !road.medium().isEmpty()) {
      more |= put(added, "referrer", road.toJson());
    }
    return more ? with(event, Collections.unmodifiableMap(added)) : event;
  }

  private static boolean put(Map<String, Object> context, String field, Map<String, Object> found) {
    var stated = context.get(field);
    if (found.isEmpty() || (stated != null && !(stated instanceof Map<?, ?>))) {
      return false;
    }
    context.put(field, Findings.under(found, stated));
    return true;
  }

  private static Event with(Event event, Map<String, Object> context) {
    var fields = new LinkedHashMap<>(event.fields());
    fields.put("context", context);
    return new Event(
        event.message(),
        event.messageId(),
        event.site(),
        event.type(),
        event.name(),
        event.subject(),
        event.at(),
        event.receivedAt(),
        Collections.unmodifiableMap(fields),
        event.flags());
  }

  @SuppressWarnings("unchecked")
  private static Sighting sighting(Event event, Map<String, Object> context) {
    var page = context.get("page") instanceof Map<?, ?> map ? map : Map.of();
    var own = event.type() == EventType.PAGE ? event.object("properties") : Map.of();
    var url = text(page, own, "url");
    return Sighting.of(
        event.site(),
        url.isEmpty() ? text(page, own, "path") : url,
        text(page, own, "referrer"),
        context.get("userAgent") instanceof String agent ? agent : "",
        context.get("campaign") instanceof Map<?, ?> map ? (Map<String, Object>) map : null);
  }

  /** For a page call, server-side SDKs put what belongs to the page into its properties. */
  private static String text(Map<?, ?> page, Map<?, ?> properties, String key) {
    var value = page.get(key) instanceof String text ? text : properties.get(key);
    return value instanceof String text ? text : "";
  }
}
