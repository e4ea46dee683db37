package io.marquetry.bench;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A request as text with holes that are filled anew each time, all of fixed width.
 *
 * <ul>
 *   <li>{@code {n}} the number of the event, 16 hexadecimal digits, never the same twice
 *   <li>{@code {v}} the visitor of the event, 16 hexadecimal digits
 *   <li>{@code {d}} a decimal digit that depends on the event
 *   <li>{@code {t}} the next of the tokens, which are all equally long
 * </ul>
 *
 * @param text head and body as they go over the wire
 * @param events how many events one request carries: the k-th of a kind of hole is of the k-th
 * @param visitors how many visitors there are; 0 for a new one with every event
 * @param visits how many visits go on at a time, each of some events and then another visitor's; 0
 *     for visitors in no order at all
 * @param tokens what goes into {@code {t}}
 */
record RequestText(String text, int events, long visitors, int visits, List<String> tokens) {
  private static final String AGENT =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
          + " Safari/537.36";

  RequestText {
    tokens = List.copyOf(tokens);
  }

  /** A request without a body, such as a browser sends it. */
  static RequestText get(String path, String headers) {
    return of("GET " + path + head(headers) + "\r\n");
  }

  /** A request with a JSON body. */
  static RequestText json(String method, String path, String headers, String body) {
    int length = Template.of(of(body)).length();
    return of(
        method
            + " "
            + path
            + head(headers)
            + "Content-Type: application/json\r\nContent-Length: "
            + length
            + "\r\n\r\n"
            + body);
  }

  private static RequestText of(String text) {
    return new RequestText(text, 1, 1, 0, List.of());
  }

  private static String head(String headers) {
    return " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: "
        + AGENT
        + "\r\nAccept: */*\r\nAccept-Language: de-DE,de;q=0.9,en;q=0.8\r\n"
        + headers;
  }

  RequestText withEvents(int count) {
    return new RequestText(text, count, visitors, visits, tokens);
  }

  RequestText withVisitors(long count) {
    return new RequestText(text, events, count, visits, tokens);
  }

  RequestText withVisits(int atATime) {
    return new RequestText(text, events, visitors, atATime, tokens);
  }

  RequestText withTokens(List<String> all) {
    return new RequestText(text, events, visitors, visits, all);
  }

  /** Pads a body with a text member before its last bracket, up to this many bytes. */
  static String padded(String json, int bytes) {
    var frame = json.substring(0, json.length() - 1) + ",\"pad\":\"";
    int missing = bytes - Template.of(of(frame + "\"}")).length();
    if (missing < 0) {
      throw new IllegalArgumentException("longer than " + bytes + " bytes without padding");
    }
    return frame + "x".repeat(missing) + "\"}";
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
