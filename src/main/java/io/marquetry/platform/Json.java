package io.marquetry.platform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.marquetry.kit.Id128;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON at the edge: bytes to plain unmodifiable Java values and back.
 *
 * <p>Values are null, Boolean, Long, Double, String, List and Map. What comes in is bounded in
 * depth, in the length of texts, names and numbers, and may not name a field twice. Thread-safe.
 */
public final class Json {
  /** How deep objects and lists may nest in what comes in. */
  public static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(64 * 1024)
                  .maxNameLength(256)
                  .maxNumberLength(64)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /** Bytes that are no JSON we take; the message is fit for whoever sent them. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    public Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** Opens a parser with our bounds, for reading a large body in pieces. */
  public static JsonParser parser(byte[] bytes) throws IOException {
    return FACTORY.createParser(bytes);
  }

  /**
   * Reads exactly one value.
   *
   * @throws Malformed where it is no JSON, beyond the bounds, or followed by more
   */
  public static @Nullable Object read(byte[] bytes) throws Malformed {
    try (var parser = parser(bytes)) {
      if (parser.nextToken() == null) {
        throw new Malformed("the body is empty");
      }
      var value = value(parser);
      if (parser.nextToken() != null) {
        throw new Malformed("there is more behind the JSON value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new Malformed(describe(e));
    } catch (IOException e) {
      throw new Malformed("not readable as UTF-8 JSON");
    }
  }

  /** Reads exactly one object. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> readObject(byte[] bytes) throws Malformed {
    if (read(bytes) instanceof Map<?, ?> object) {
      return (Map<String, Object>) object;
    }
    throw new Malformed("a JSON object is expected");
  }

  /** Reads what we wrote ourselves. */
  public static Map<String, Object> readOwn(byte[] bytes) {
    try {
      return readObject(bytes);
    } catch (Malformed e) {
      throw new IllegalStateException("stored JSON is damaged", e);
    }
  }

  public static Map<String, Object> readOwn(String text) {
    return readOwn(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The message of a parse failure, without the source it quotes. */
  public static String describe(JsonProcessingException e) {
    var at = e.getLocation();
    var where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return "malformed JSON: " + e.getOriginalMessage() + where;
  }

  /** The value at the parser's current token; leaves the parser at its last token. */
  public static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> list(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> null;
    };
  }

  private static Object integer(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? (Object) parser.getDoubleValue()
        : (Object) parser.getLongValue();
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    var object = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    @SuppressWarnings("NullAway") // a JSON null stays a null value in the map
    Map<String, Object> result = Collections.unmodifiableMap(object);
    return result;
  }

  private static List<Object> list(JsonParser parser) throws IOException {
    var list = new ArrayList<@Nullable Object>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser));
    }
    @SuppressWarnings("NullAway") // a JSON null stays a null element of the list
    List<Object> result = Collections.unmodifiableList(list);
    return result;
  }

  /** A plain value as UTF-8 JSON. Ids are written as text, other objects by their toString. */
  public static byte[] write(@Nullable Object value) {
    var out = new ByteArrayOutputStream(256);
    try (var generator = FACTORY.createGenerator(out)) {
      write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toByteArray();
  }

  public static String writeText(@Nullable Object value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (var entry : map.entrySet()) {
          out.writeFieldName(String.valueOf(entry.getKey()));
          write(out, entry.getValue());
        }
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        for (var element : list) {
          write(out, element);
        }
        out.writeEndArray();
      }
      case Boolean flag -> out.writeBoolean(flag);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Number number -> writeReal(out, number.doubleValue());
      case Id128 id -> out.writeString(id.toString());
      default -> out.writeString(value.toString());
    }
  }

  /** JSON knows neither infinity nor NaN; they are written as null. */
  private static void writeReal(JsonGenerator out, double number) throws IOException {
    if (Double.isFinite(number)) {
      out.writeNumber(number);
    } else {
      out.writeNull();
    }
  }
}
