package io.marquetry.bus;

import io.marquetry.bus.wire.WireForm;
import io.marquetry.bus.wire.WireProblem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Carries every message: by reference to whoever is in the same process, as {@link WireForm bytes}
 * to another.
 *
 * <p>Never throws. Vert.x encodes where a connection drains its queue and decodes where a reply is
 * handed over; there an exception would lose the neighbours of a message, or leave its asker
 * waiting for ever. What cannot be written or read arrives as {@link Unreadable} instead, and
 * {@link Bus} says so to whoever asked. Thread-safe, as the bus demands.
 */
final class BusCodec implements MessageCodec<BusMessage, Object> {
  private static final byte MESSAGE = 0;
  private static final byte PROBLEM = 1;

  private final WireForm form = new WireForm(messages().toList());

  /** Stands where a message should be. */
  record Unreadable(String why) {}

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
    return WireForm.name(type);
  }

  @Override
  public void encodeToWire(Buffer buffer, BusMessage message) {
    try {
      append(buffer, MESSAGE, form.write((Record) message));
    } catch (WireProblem e) {
      var why = name(message.getClass()) + " cannot be sent: " + e.text();
      append(buffer, PROBLEM, why.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void append(Buffer buffer, byte kind, byte[] bytes) {
    buffer.appendByte(kind).appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public Object decodeFromWire(int position, Buffer buffer) {
    try {
      int start = position + 1 + Integer.BYTES;
      int length = buffer.getInt(position + 1);
      if (length < 0 || length > buffer.length() - start) {
        return new Unreadable("a message that ends before its end");
      }
      var bytes = buffer.getBytes(start, start + length);
      return buffer.getByte(position) == MESSAGE
          ? form.read(bytes, BusMessage.class)
          : new Unreadable(new String(bytes, StandardCharsets.UTF_8));
    } catch (WireProblem e) {
      return new Unreadable(e.text());
    } catch (IndexOutOfBoundsException e) {
      return new Unreadable("a message that ends before its end");
    }
  }

  @Override
  public Object transform(BusMessage message) {
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
}
