package io.marquetry.testkit;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An event as a browser or a server sends it, each with a message id of its own. */
public final class Beacon {
  private final Map<String, Object> json = new LinkedHashMap<>();

  private Beacon(String type) {
    json.put("type", type);
    json.put("messageId", UUID.randomUUID().toString());
  }

  /** A page view. */
  public static Beacon page(String path) {
    return new Beacon("page")
        .with("context", Map.of("page", Map.of("path", path, "url", "http://shop.test" + path)));
  }

  public static Beacon track(String event, Map<String, Object> properties) {
    return new Beacon("track").with("event", event).with("properties", properties);
  }

  public static Beacon identify(String userId, Map<String, Object> traits) {
    return new Beacon("identify").with("userId", userId).with("traits", traits);
  }

  /** A product of the demo shop being looked at. */
  public static Beacon viewed(String product, String category) {
    return track(
        "Product Viewed",
        Map.of(
            "productId",
            product,
            "name",
            product,
            "category",
            category,
            "price",
            99,
            "image",
            "/demo-assets/" + product + ".svg",
            "url",
            "/products/" + product));
  }

  public Beacon with(String field, Object value) {
    json.put(field, value);
    return this;
  }

  public Beacon by(String anonymousId) {
    return with("anonymousId", anonymousId);
  }

  public Beacon id(String messageId) {
    return with("messageId", messageId);
  }

  /** When it happened; taken as it is, since nothing says when it was sent. */
  public Beacon at(Instant time) {
    return with("timestamp", time.toString());
  }

  public String messageId() {
    return String.valueOf(json.get("messageId"));
  }

  public Map<String, Object> json() {
    return json;
  }

  /** The body of {@code POST /v1/batch}. */
  public static Map<String, Object> batch(String writeKey, Beacon... beacons) {
    return Map.of(
        "writeKey", writeKey, "batch", List.of(beacons).stream().map(Beacon::json).toList());
  }
}
