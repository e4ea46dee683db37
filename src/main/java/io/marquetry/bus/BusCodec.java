package io.marquetry.bus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.marquetry.kit.Id128;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Carries every message: by reference to whoever is in the same process, as JSON to another.
 *
 * <p>The wire form is the length of the type's name, the name, the length of the JSON, and the
 * JSON. Thread-safe, as the bus demands.
 */
final class BusCodec implements MessageCodec<BusMessage, BusMessage> {
  private final ObjectMapper mapper =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(Id128.class, new IdWriter())
                  .addDeserializer(Id128.class, new IdReader()))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private final Map<String, Class<?>> types = new HashMap<>();

  BusCodec() {
    messages().forEach(type -> types.put(name(type), type));
  }

  /** Every concrete message type there is. */
  static Stream<Class<?>> messages() {
    return concrete(BusMessage.class);
  }

  private static Stream<Class<?>> concrete(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(BusCodec::concrete)
        : Stream.of(type);
  }

  static String name(Class<?> type) {
    var owner = type.getEnclosingClass();
    return (owner == null ? "" : owner.getSimpleName() + ".") + type.getSimpleName();
  }

  @Override
  public void encodeToWire(Buffer buffer, BusMessage message) {
    try {
      var type = name(message.getClass()).getBytes(StandardCharsets.UTF_8);
      var json = mapper.writeValueAsBytes(message);
      buffer.appendInt(type.length).appendBytes(type).appendInt(json.length).appendBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + message.getClass(), e);
    }
  }

  @Override
  public BusMessage decodeFromWire(int position, Buffer buffer) {
    int typeEnd = position + 4 + buffer.getInt(position);
    var name = buffer.getString(position + 4, typeEnd);
    var type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("no message of this process is called " + name);
    }
    int jsonStart = typeEnd + 4;
    try {
      var json = buffer.getBytes(jsonStart, jsonStart + buffer.getInt(typeEnd));
      return (BusMessage) mapper.readValue(json, type);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  @Override
  public BusMessage transform(BusMessage message) {
    return message;
  }

  @Override
  public String name() {
    return "marquetry";
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  private static final class IdWriter extends StdScalarSerializer<Id128> {
    private static final long serialVersionUID = 1;

    IdWriter() {
      super(Id128.class);
    }

    @Override
    public void serialize(Id128 id, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(id.toString());
    }
  }

  private static final class IdReader extends StdScalarDeserializer<Id128> {
    private static final long serialVersionUID = 1;

    IdReader() {
      super(Id128.class);
    }

    @Override
    public Id128 deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Id128.parse(in.getText());
    }
  }
}
