package io.marquetry.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.marquetry.platform.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a beacon's body apart: the calls in it, where each stands in the bytes, and what is said of
 * all of them. The bytes of a call go to the log as they came; nothing is written again.
 *
 * <p>A batch is read in one go. Where that fails, one call may be beyond our bounds (too deep, a
 * field twice) in a batch that is JSON all the same; it is then read again call by call, so that
 * one call spoils no other.
 */
final class CallReader {
  static final int MAX_CALLS = 500;

  /** Finds where values begin and end, whatever is in them. */
  private static final JsonFactory LENIENT =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1_000)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .build();

  private CallReader() {}

  /**
   * One call.
   *
   * @param json null where it cannot be read as an object
   * @param problem why not; empty where it can
   * @param from its first byte in the body
   * @param to behind its last byte
   */
  record Call(@Nullable Map<String, Object> json, String problem, int from, int to) {}

  /**
   * A body.
   *
   * @param sentAt as sent, null where not said
   * @param schema what the body says it is, null where not said
   */
  record Calls(
      List<Call> calls,
      @Nullable String writeKey,
      @Nullable Object sentAt,
      @Nullable String schema) {}

  /** A body with more calls than we take at once. */
  static final class TooMany extends Exception {
    private static final long serialVersionUID = 1;

    TooMany() {
      super("a batch holds at most " + MAX_CALLS + " events", null, false, false);
    }
  }

  /** Reads a body that is one call. */
  static Calls single(byte[] body) throws Json.Malformed {
    var json = Json.readObject(body);
    int from = Json.markLength(body);
    while (isSpace(body[from])) {
      from++;
    }
    int to = body.length;
    while (isSpace(body[to - 1])) {
      to--;
    }
    return new Calls(List.of(new Call(json, "", from, to)), text(json.get("writeKey")), null, null);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  /** Reads a body {@code {batch: […], writeKey?, sentAt?}}. */
  static Calls batch(byte[] body) throws Json.Malformed, TooMany {
    return list(body, "batch");
  }

  /** Reads a body whose calls are a list under a field of this name. */
  static Calls list(byte[] body, String name) throws Json.Malformed, TooMany {
    int mark = Json.markLength(body);
    try (var parser = Json.parser(body)) {
      return read(parser, name, at -> whole(at, mark));
    } catch (JsonProcessingException e) {
      return oneByOne(body, name, e);
    } catch (IOException e) {
      throw new Json.Malformed("not readable as UTF-8 JSON");
    }
  }

  private static Calls oneByOne(byte[] body, String name, JsonProcessingException first)
      throws Json.Malformed, TooMany {
    int mark = Json.markLength(body);
    try (var parser = LENIENT.createParser(body, mark, body.length - mark)) {
      return read(parser, name, at -> slice(at, body, mark));
    } catch (IOException e) {
      throw new Json.Malformed(Json.describe(first));
    }
  }

  /** Reads the call at the parser's current token and leaves the parser at its end. */
  private interface CallAt {
    Call read(JsonParser parser) throws IOException;
  }

  private static Call whole(JsonParser parser, int mark) throws IOException {
    int from = mark + (int) parser.currentTokenLocation().getByteOffset();
    var value = Json.value(parser);
    return call(value, from, mark + (int) parser.currentLocation().getByteOffset());
  }

  @SuppressWarnings("unchecked")
  private static Call call(@Nullable Object value, int from, int to) {
    return value instanceof Map<?, ?> map
        ? new Call((Map<String, Object>) map, "", from, to)
        : new Call(null, "an event must be a JSON object", from, to);
  }

  private static Call slice(JsonParser parser, byte[] body, int mark) throws IOException {
    int from = mark + (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int to = mark + (int) parser.currentLocation().getByteOffset();
    try {
      return call(Json.read(Arrays.copyOfRange(body, from, to)), from, to);
    } catch (Json.Malformed e) {
      return new Call(null, String.valueOf(e.getMessage()), from, to);
    }
  }

  private static Calls read(JsonParser parser, String name, CallAt call)
      throws IOException, Json.Malformed, TooMany {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new Json.Malformed("a JSON object {" + name + ": […]} is expected");
    }
    List<Call> calls = null;
    String writeKey = null;
    Object sentAt = null;
    String schema = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var field = parser.currentName();
      parser.nextToken();
      if (field.equals(name)) {
        if (calls != null) {
          throw new Json.Malformed(name + " is given twice"); // one of them would be lost
        }
        calls = calls(parser, name, call);
        continue;
      }
      switch (field) {
        case "writeKey" -> writeKey = text(Json.value(parser));
        case "sentAt" -> sentAt = Json.value(parser);
        case "schema" -> schema = text(Json.value(parser));
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw new Json.Malformed("there is more behind the JSON value");
    }
    if (calls == null) {
      throw new Json.Malformed(name + " is missing");
    }
    return new Calls(calls, writeKey, sentAt, schema);
  }

  private static List<Call> calls(JsonParser parser, String name, CallAt call)
      throws IOException, Json.Malformed, TooMany {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new Json.Malformed(name + " must be a list");
    }
    var calls = new ArrayList<Call>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (calls.size() == MAX_CALLS) {
        throw new TooMany();
      }
      calls.add(call.read(parser));
    }
    return calls;
  }
}
