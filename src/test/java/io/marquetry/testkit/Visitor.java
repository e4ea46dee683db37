package io.marquetry.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A visitor's browser: keeps the cookies it is given and sends them with everything it asks.
 *
 * <p>Knows nothing of the server but its pages and public endpoints. Not thread-safe.
 */
public final class Visitor {
  private static final String BROWSER =
      "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

  private final RunningServer server;
  private final String writeKey;
  private final Map<String, String> cookies = new TreeMap<>();
  private final Map<String, String> headers = new LinkedHashMap<>();

  Visitor(RunningServer server, String writeKey) {
    this.server = server;
    this.writeKey = writeKey;
    headers.put("User-Agent", BROWSER);
  }

  /** Sends this header with everything from here on. */
  public Visitor header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** The visitor is in this country from here on, as a proxy on this machine would say. */
  public Visitor in(String country) {
    return header("X-Geo-Country", country);
  }

  public Answer get(String path) {
    return keep(server.exchange("GET", path, null, sent()));
  }

  public ShownPage page(String path) {
    return new ShownPage(get(path).expect(200));
  }

  /** Sends events in one beacon, as the tag does. */
  public Answer send(Beacon... beacons) {
    var all = sent();
    all.put("Content-Type", "text/plain");
    return keep(server.exchange("POST", "/v1/batch", Beacon.batch(writeKey, beacons), all));
  }

  /** Looks at pages, one beacon each; every one must be taken and kept. */
  public void looksAt(String... paths) {
    for (var path : paths) {
      send(Beacon.page(path)).expect(200);
    }
  }

  public Answer consents(Map<String, Object> purposes) {
    var all = sent();
    all.put("X-Write-Key", writeKey);
    var body = Map.of("purposes", purposes, "source", "banner");
    return keep(server.exchange("PUT", "/v1/consent", body, all));
  }

  /** Allows everything. */
  public Visitor accepts() {
    consents(every(true)).expect(200);
    return this;
  }

  /** Takes everything back, or refuses it from the start. */
  public Answer refuses() {
    return consents(every(false)).expect(200);
  }

  private static Map<String, Object> every(boolean allowed) {
    return Map.of("analytics", allowed, "personalization", allowed, "marketing", allowed);
  }

  /** What the browser holds under this name, empty where nothing. */
  public String cookie(String name) {
    return cookies.getOrDefault(name, "");
  }

  public Visitor setCookie(String name, String value) {
    cookies.put(name, value);
    return this;
  }

  /** The visitor's id, read from the cookie; empty for somebody who has none. */
  public String deviceId() {
    var value = cookie("mq_id");
    int end = value.indexOf('.');
    return end < 0
        ? ""
        : new String(
            java.util.Base64.getUrlDecoder().decode(value.substring(0, end)),
            java.nio.charset.StandardCharsets.UTF_8);
  }

  private Map<String, String> sent() {
    var all = new LinkedHashMap<>(headers);
    if (!cookies.isEmpty()) {
      var pairs = cookies.entrySet().stream().map(c -> c.getKey() + "=" + c.getValue()).toList();
      all.put("Cookie", String.join("; ", pairs));
    }
    return all;
  }

  private Answer keep(Answer answer) {
    for (var header : answer.headers().entrySet()) {
      if (header.getKey().equalsIgnoreCase("Set-Cookie")) {
        header.getValue().forEach(this::keepCookie);
      }
    }
    return answer;
  }

  private void keepCookie(String text) {
    var parts = text.split(";", -1);
    int equals = parts[0].indexOf('=');
    var name = parts[0].substring(0, equals).strip();
    boolean gone = text.toLowerCase(java.util.Locale.ROOT).contains("max-age=0;");
    if (gone || parts[0].length() == equals + 1) {
      cookies.remove(name);
    } else {
      cookies.put(name, parts[0].substring(equals + 1).strip());
    }
  }
}
