package io.marquetry.ingest.core;

import io.marquetry.bus.IngestMessage.EventType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the log keeps of an event: the call as it was sent, and how it came in, as one JSON object
 * {@code {"arrival":{…},"call":{…}}}. Read back, it parses to the same event.
 */
public final class LogEntry {
  private static final byte[] HEAD = "{\"arrival\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] JOINT = ",\"call\":".getBytes(StandardCharsets.US_ASCII);

  private LogEntry() {}

  /**
   * The first half: everything the call itself does not say.
   *
   * @param type the type that the path named, null where the call names it
   * @param newId the message id made up for a call that brought none, else null
   */
  public static Map<String, Object> arrival(
      Arrival arrival, @Nullable EventType type, @Nullable String newId) {
    var json = new LinkedHashMap<>(arrival.toJson());
    if (type != null) {
      json.put("type", type.key());
    }
    if (newId != null) {
      json.put("messageId", newId);
    }
    return json;
  }

  /**
   * Joins both halves without parsing either.
   *
   * @param arrival as UTF-8 JSON
   * @param body holds the call as UTF-8 JSON from {@code from} to before {@code to}
   */
  public static byte[] of(byte[] arrival, byte[] body, int from, int to) {
    var entry = new byte[HEAD.length + arrival.length + JOINT.length + (to - from) + 1];
    int at = add(entry, 0, HEAD, 0, HEAD.length);
    at = add(entry, at, arrival, 0, arrival.length);
    at = add(entry, at, JOINT, 0, JOINT.length);
    at = add(entry, at, body, from, to - from);
    entry[at] = '}';
    return entry;
  }

  private static int add(byte[] target, int at, byte[] source, int from, int length) {
    System.arraycopy(source, from, target, at, length);
    return at + length;
  }

  /**
   * Parses an entry again.
   *
   * @param entry the JSON object that {@link #of} wrote
   */
  @SuppressWarnings("unchecked")
  public static EventParser.Outcome parse(
      EventParser parser, String site, long receivedAt, Map<String, Object> entry) {
    if (entry.containsKey(Orders.ORDER)) {
      return new EventParser.Outcome.Parsed(parser.order(site, receivedAt, entry));
    }
    var arrival = (Map<String, Object>) entry.getOrDefault("arrival", Map.of());
    var call = (Map<String, Object>) entry.getOrDefault("call", Map.of());
    return parser.parse(
        call,
        EventType.of(arrival.get("type")),
        Arrival.fromJson(site, receivedAt, arrival),
        arrival.get("messageId") instanceof String id ? id : "");
  }
}
