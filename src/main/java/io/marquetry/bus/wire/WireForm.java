package io.marquetry.bus.wire;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Writes records as bytes and reads them again.
 *
 * <p>A version, then one value: a tag, and what the tag calls for. A record names its type and its
 * components where it comes first in a message, and is its components' values from there on; so a
 * batch of five hundred events spells each name once. Components are matched by name: one that the
 * reader does not know is passed over, and for one that the writer did not know there stands null,
 * zero, false or an empty collection, where the declaration allows it. That is what makes additions
 * to the contract compatible, and nothing else is.
 *
 * <p>Whole numbers keep their width, so what arrives is equal to what was sent. Thread-safe.
 */
public final class WireForm {
  /** Longest message. */
  public static final int MAX_BYTES = 64 << 20;

  /** How deep values may lie inside of each other. */
  public static final int MAX_DEPTH = 96;

  private static final int VERSION = 1;

  private final Map<String, Shape> byName = new HashMap<>();
  private final Map<Class<?>, Shape> byType = new HashMap<>();

  /** Of these records, and of all that they are made of. */
  public WireForm(Collection<Class<?>> records) {
    var open = new ArrayDeque<>(records);
    while (!open.isEmpty()) {
      var type = open.removeFirst();
      if (type.isSealed()) {
        Collections.addAll(open, type.getPermittedSubclasses());
      } else if (type.isRecord() && !byType.containsKey(type)) {
        add(new Shape(type));
        for (var component : type.getRecordComponents()) {
          classes(component.getGenericType()).forEach(open::add);
        }
      }
    }
  }

  private void add(Shape shape) {
    byType.put(shape.type(), shape);
    if (byName.put(shape.name(), shape) != null) {
      throw new WireProblem("two records are called " + shape.name());
    }
  }

  private static Stream<Class<?>> classes(Type type) {
    return switch (type) {
      case Class<?> plain -> Stream.of(plain);
      case ParameterizedType generic ->
          Arrays.stream(generic.getActualTypeArguments()).flatMap(WireForm::classes);
      default -> Stream.of();
    };
  }

  /** The name of a type on the wire: its own, behind that of the type it is declared in. */
  public static String name(Class<?> type) {
    return Shape.name(type);
  }

  /**
   * The bytes of a record.
   *
   * @throws WireProblem where it holds what has no wire form, or is too long
   */
  public byte[] write(Record message) {
    var out = new WireWriter(this::shape);
    out.octet(VERSION);
    out.value(message);
    return out.written();
  }

  private Shape shape(Class<?> type) {
    var shape = byType.get(type);
    if (shape == null) {
      throw new WireProblem(type.getName() + " is no record of the contract");
    }
    return shape;
  }

  /**
   * The record that the bytes are.
   *
   * @param type what it has to be: a record, or an interface sealed to records
   * @throws WireProblem where they are not exactly one such record, whatever they are
   */
  public <T> T read(byte[] bytes, Class<T> type) {
    if (bytes.length > MAX_BYTES) {
      throw new WireProblem("a message of " + bytes.length + " bytes");
    }
    var in = new WireReader(byName, bytes);
    int version = in.octet();
    if (version != VERSION) {
      throw new WireProblem("wire version " + version + ", this process speaks " + VERSION);
    }
    var value = Objects.requireNonNull(in.value(Form.of(type)), "a message");
    if (!in.isAtEnd()) {
      throw new WireProblem("there is more behind the message");
    }
    return type.cast(value);
  }
}
