package io.marquetry.platform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
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

  private static final JsonFactory FACTORY = factory(MAX_DEPTH);

  /** What we wrote may wrap what came in. */
  private static final JsonFactory OWN = factory(2 * MAX_DEPTH);

  private Json() {}

  /** Text is UTF-8, never guessed: offsets into the bytes hold for no other encoding. */
  private static JsonFactory factory(int depth) {
    return new JsonFactoryBuilder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxStringLength(64 * 1024)
                .maxNameLength(256)
                .maxNumberLength(128)
                .build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .build();
  }

  /** Bytes that are no JSON we take; the message is fit for whoever sent them. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    public Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Opens a parser with our bounds, for reading a large body in pieces. Its offsets count from
   * behind a byte order mark, where there is one.
   */
  public static JsonParser parser(byte[] bytes) throws IOException {
    return parser(FACTORY, bytes);
  }

  private static JsonParser parser(JsonFactory factory, byte[] bytes) throws IOException {
    int start = markLength(bytes);
    return factory.createParser(bytes, start, bytes.length - start);
  }

  /** How many bytes a byte order mark takes at the start of {@code bytes}: 3 or none. */
  public static int markLength(byte[] bytes) {
    boolean mark =
        bytes.length > 2
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return mark ? 3 : 0;
  }

  /**
   * Reads exactly one value.
   *
   * @throws Malformed where it is no JSON, beyond the bounds, or followed by more
   */
  public static @Nullable Object read(byte[] bytes) throws Malformed {
    return read(FACTORY, bytes);
  }

  private static @Nullable Object read(JsonFactory factory, byte[] bytes) throws Malformed {
    try (var parser = parser(factory, bytes)) {
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
  public static Map<String, Object> readObject(byte[] bytes) throws Malformed {
    return readObject(FACTORY, bytes);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> readObject(JsonFactory factory, byte[] bytes)
      throws Malformed {
    if (read(factory, bytes) instanceof Map<?, ?> object) {
      return (Map<String, Object>) object;
    }
    throw new Malformed("a JSON object is expected");
  }

  /** Reads what we wrote ourselves. */
  public static Map<String, Object> readOwn(byte[] bytes) {
    try {
      return readObject(OWN, bytes);
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
      case VALUE_NUMBER_FLOAT -> real(parser);
      default -> null;
    };
  }

  private static Object integer(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? (Object) real(parser)
        : (Object) parser.getLongValue();
  }

  /** A number beyond all numbers would turn every sum it enters into one. */
  private static double real(JsonParser parser) throws IOException {
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      throw new JsonParseException(parser, "a number is out of range");
    }
    return number;
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
