package io.marquetry.ingest.core;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an event besides what it says itself: how it came in.
 *
 * <p>Kept beside the event in the log, so that reading the log again gives the same event.
 *
 * @param site whose write key it came with
 * @param trusted whether a user id may be claimed by it
 * @param receivedAt milliseconds since the epoch
 * @param sentAt when the batch was sent by the sender's clock, as sent; null where not said
 * @param cookie the device that the visitor's signed cookie names, null without one
 * @param userAgent of the request; empty where unknown
 * @param country ISO 3166 code from a trusted proxy; empty where unknown
 * @param region from a trusted proxy; empty where unknown
 * @param prefetch whether the browser said it was only looking ahead
 * @param denied whether the event's own consent object refuses that it is recorded
 */
public record Arrival(
    String site,
    boolean trusted,
    long receivedAt,
    @Nullable Object sentAt,
    @Nullable String cookie,
    String userAgent,
    String country,
    String region,
    boolean prefetch,
    boolean denied) {

  /** Of events that refuse nothing. */
  public Arrival(
      String site,
      boolean trusted,
      long receivedAt,
      @Nullable Object sentAt,
      @Nullable String cookie,
      String userAgent,
      String country,
      String region,
      boolean prefetch) {
    this(site, trusted, receivedAt, sentAt, cookie, userAgent, country, region, prefetch, false);
  }

  /** The same, with the word of the site's own server for whom the call names. */
  public Arrival believed() {
    return new Arrival(
        site, true, receivedAt, sentAt, cookie, userAgent, country, region, prefetch, denied);
  }

  /** The same for an event that refuses to be recorded. */
  public Arrival refusing() {
    return new Arrival(
        site, trusted, receivedAt, sentAt, cookie, userAgent, country, region, prefetch, true);
  }

  /** The form that is kept in the log; what is empty is left out. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    if (trusted) {
      json.put("trusted", true);
    }
    put(json, "sentAt", sentAt);
    put(json, "cookie", cookie);
    put(json, "userAgent", userAgent);
    put(json, "country", country);
    put(json, "region", region);
    if (prefetch) {
      json.put("prefetch", true);
    }
    if (denied) {
      json.put("denied", true);
    }
    return json;
  }

  private static void put(Map<String, Object> json, String key, @Nullable Object value) {
    if (value != null && !"".equals(value)) {
      json.put(key, value);
    }
  }

  /** Reads what {@link #toJson} wrote. */
  public static Arrival fromJson(String site, long receivedAt, Map<String, Object> json) {
    return new Arrival(
        site,
        json.containsKey("trusted"),
        receivedAt,
        json.get("sentAt"),
        json.get("cookie") instanceof String cookie ? cookie : null,
        text(json, "userAgent"),
        text(json, "country"),
        text(json, "region"),
        json.containsKey("prefetch"),
        json.containsKey("denied"));
  }

  private static String text(Map<String, Object> json, String key) {
    return json.get(key) instanceof String text ? text : "";
  }
}
