package io.marquetry.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.marquetry.platform.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a beacon's body apart: the calls in it, where each stands in the bytes, and what is said of
 * all of them. The bytes of a call go to the log as they came; nothing is written again.
 */
final class CallReader {
  static final int MAX_CALLS = 500;

  private CallReader() {}

  /**
   * One call.
   *
   * @param json null where it is no object
   * @param from its first byte in the body
   * @param to behind its last byte
   */
  record Call(@Nullable Map<String, Object> json, int from, int to) {}

  /**
   * A body.
   *
   * @param sentAt as sent, null where not said
   */
  record Calls(List<Call> calls, @Nullable String writeKey, @Nullable Object sentAt) {}

  /** A body with more calls than we take at once. */
  static final class TooMany extends Exception {
    private static final long serialVersionUID = 1;

    TooMany() {
      super("a batch holds at most " + MAX_CALLS + " events", null, false, false);
    }
  }

  /** Reads a body that is one call. */
  @SuppressWarnings("unchecked")
  static Calls single(byte[] body) throws Json.Malformed {
    var json = Json.readObject(body);
    var key = json.get("writeKey") instanceof String text ? text : null;
    return new Calls(List.of(new Call(json, start(body), body.length)), key, null);
  }

  private static int start(byte[] body) {
    boolean mark =
        body.length > 2
            && body[0] == (byte) 0xEF
            && body[1] == (byte) 0xBB
            && body[2] == (byte) 0xBF;
    return mark ? 3 : 0;
  }

  /** Reads a body {@code {batch: […], writeKey?, sentAt?}}. */
  static Calls batch(byte[] body) throws Json.Malformed, TooMany {
    try (var parser = Json.parser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Json.Malformed("a JSON object {batch: […]} is expected");
      }
      var calls = read(parser);
      if (parser.nextToken() != null) {
        throw new Json.Malformed("there is more behind the JSON value");
      }
      return calls;
    } catch (JsonProcessingException e) {
      throw new Json.Malformed(Json.describe(e));
    } catch (IOException e) {
      throw new Json.Malformed("not readable as UTF-8 JSON");
    }
  }

  private static Calls read(JsonParser parser) throws IOException, Json.Malformed, TooMany {
    List<Call> calls = null;
    String writeKey = null;
    Object sentAt = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "batch" -> calls = calls(parser);
        case "writeKey" -> writeKey = Json.value(parser) instanceof String text ? text : null;
        case "sentAt" -> sentAt = Json.value(parser);
        default -> parser.skipChildren();
      }
    }
    if (calls == null) {
      throw new Json.Malformed("batch is missing");
    }
    return new Calls(calls, writeKey, sentAt);
  }

  @SuppressWarnings("unchecked")
  private static List<Call> calls(JsonParser parser) throws IOException, Json.Malformed, TooMany {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new Json.Malformed("batch must be a list");
    }
    var calls = new ArrayList<Call>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (calls.size() == MAX_CALLS) {
        throw new TooMany();
      }
      int from = (int) parser.currentTokenLocation().getByteOffset();
      var json = Json.value(parser) instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
      calls.add(new Call(json, from, (int) parser.currentLocation().getByteOffset()));
    }
    return calls;
  }
}
