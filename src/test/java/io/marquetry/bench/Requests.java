package io.marquetry.bench;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The requests that are measured; a ceiling gets the same as the server. */
final class Requests {
  static final int EVENT_BYTES = 600;
  static final int BATCH = 50;

  private final String key;
  private final long visitors;

  /**
   * @param key write key of the site
   * @param visitors how many there are
   */
  Requests(String key, long visitors) {
    this.key = key;
    this.visitors = visitors;
  }

  private String authorization() {
    return "X-Write-Key: " + key + "\r\n";
  }

  private static String event(String prefix) {
    var json =
        "{\"type\":\"track\",\"event\":\"Product Viewed\",\"messageId\":\""
            + prefix
            + "-{n}\",\"anonymousId\":\"{v}\",\"properties\":{\"product_id\":\"p-1029{d}\","
            + "\"category\":\"cat{d}\",\"price\":49.9,\"currency\":\"EUR\",\"position\":3},"
            + "\"context\":{\"page\":{\"path\":\"/c/cat{d}/shoe\",\"url\":"
            + "\"https://shop.example/c/cat{d}/shoe\",\"referrer\":\"https://search.example/\"},"
            + "\"locale\":\"de-DE\",\"timezone\":\"Europe/Berlin\"}}";
    return RequestText.padded(json, EVENT_BYTES);
  }

  /**
   * One event of 600 bytes.
   *
   * @param path which server takes it where
   * @param prefix keeps message ids of one row apart from those of others
   */
  RequestText single(String path, String prefix) {
    return RequestText.json("POST", path, authorization(), event(prefix)).withVisitors(visitors);
  }

  /** Fifty such events. */
  RequestText batch(String path, String prefix) {
    var events =
        IntStream.range(0, BATCH).mapToObj(i -> event(prefix)).collect(Collectors.joining(","));
    var body = "{\"batch\":[" + events + "]}";
    return RequestText.json("POST", path, authorization(), body)
        .withEvents(BATCH)
        .withVisitors(visitors);
  }

  /** A page, for browsers with these cookies. */
  static RequestText page(String path, List<String> cookies) {
    return RequestText.get(path, "Cookie: mq_id={t}\r\n").withTokens(cookies);
  }

  /** A decision on six components for one of the visitors. */
  RequestText decide(String path) {
    var components =
        ShopCatalogue.shown().stream()
            .map(component -> "\"" + component + "\"")
            .collect(Collectors.joining(","));
    return decide(path, "{v}", components).withVisitors(visitors);
  }

  private RequestText decide(String path, String visitor, String components) {
    var body =
        "{\"anonymousId\":\""
            + visitor
            + "\",\"context\":{\"url\":\"https://shop.example/\",\"referrer\":\"\"},"
            + "\"components\":["
            + components
            + "]}";
    return RequestText.json("POST", path, authorization(), body);
  }

  /** A newcomer does what puts them into a segment. */
  RequestText signal() {
    var body =
        "{\"type\":\"track\",\"event\":\""
            + ShopCatalogue.SIGNAL_EVENT
            + "\",\"messageId\":\"f-{n}\",\"anonymousId\":\"f{v}\"}";
    return RequestText.json("POST", "/v1/t", authorization(), body).withVisitors(0);
  }

  /** What that newcomer is shown. */
  RequestText signalled() {
    return decide("/v1/decide", "f{v}", "\"" + ShopCatalogue.SIGNAL_COMPONENT + "\"")
        .withVisitors(0);
  }

  /** One of the visitors withdraws everything. */
  RequestText withdrawal() {
    var body =
        "{\"anonymousId\":\"{v}\",\"purposes\":{\"analytics\":false,\"personalization\":false,"
            + "\"marketing\":false}}";
    return RequestText.json("PUT", "/v1/consent", authorization(), body).withVisitors(visitors);
  }
}
