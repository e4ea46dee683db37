package io.marquetry.bus.wire;

import io.marquetry.kit.Id128;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes one message. */
final class WireWriter {
  private final Function<Class<?>, Shape> shapes;
  private final List<Shape> told = new ArrayList<>();
  private byte[] bytes = new byte[256];
  private int length;
  private int depth;

  WireWriter(Function<Class<?>, Shape> shapes) {
    this.shapes = shapes;
  }

  byte[] written() {
    return Arrays.copyOf(bytes, length);
  }

  void octet(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  void value(@Nullable Object value) {
    switch (value) {
      case null -> octet(Tag.NULL);
      case Boolean flag -> octet(flag ? Tag.TRUE : Tag.FALSE);
      case Integer number -> number(Tag.INT, number);
      case Long number -> number(Tag.LONG, number);
      case Number number -> real(number.doubleValue());
      case String text -> text(Tag.TEXT, text);
      case Id128 id -> id(id);
      case Enum<?> constant -> text(Tag.ENUM, constant.name());
      case byte[] raw -> raw(Tag.BYTES, raw);
      case Collection<?> list -> list(list);
      case Map<?, ?> map -> map(map);
      case Record one -> composed(one);
      default -> throw new WireProblem(value.getClass().getName() + " has no wire form");
    }
  }

  private void list(Collection<?> list) {
    octet(Tag.LIST);
    down();
    count(list.size());
    list.forEach(this::value);
    depth--;
  }

  private void map(Map<?, ?> map) {
    octet(Tag.MAP);
    down();
    count(map.size());
    for (var entry : map.entrySet()) {
      raw(String.valueOf(entry.getKey()).getBytes(StandardCharsets.UTF_8));
      value(entry.getValue());
    }
    depth--;
  }

  /** The first of its kind says what its components are called; those behind it refer to that. */
  private void composed(Record one) {
    octet(Tag.RECORD);
    down();
    var shape = shapes.apply(one.getClass());
    int known = told.indexOf(shape);
    if (known < 0) {
      count(told.size());
      told.add(shape);
      introduce(shape);
    } else {
      count(known);
    }
    for (int i = 0; i < shape.size(); i++) {
      try {
        value(shape.get(one, i));
      } catch (WireProblem e) {
        throw new WireProblem(shape.name() + "." + shape.names().get(i) + ": " + e.text());
      }
    }
    depth--;
  }

  private void introduce(Shape shape) {
    raw(shape.name().getBytes(StandardCharsets.UTF_8));
    count(shape.size());
    for (var component : shape.names()) {
      raw(component.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void down() {
    if (++depth > WireForm.MAX_DEPTH) {
      throw new WireProblem("more than " + WireForm.MAX_DEPTH + " values inside of each other");
    }
  }

  private void text(byte tag, String text) {
    raw(tag, text.getBytes(StandardCharsets.UTF_8));
  }

  private void raw(byte tag, byte[] raw) {
    octet(tag);
    raw(raw);
  }

  private void raw(byte[] raw) {
    count(raw.length);
    room(raw.length);
    System.arraycopy(raw, 0, bytes, length, raw.length);
    length += raw.length;
  }

  private void id(Id128 id) {
    octet(Tag.ID);
    eight(id.high());
    eight(id.low());
  }

  private void real(double number) {
    octet(Tag.DOUBLE);
    eight(Double.doubleToRawLongBits(number));
  }

  /** Small numbers of either sign are short. */
  private void number(byte tag, long number) {
    octet(tag);
    variable((number << 1) ^ (number >> 63));
  }

  private void count(int count) {
    variable(count);
  }

  private void variable(long number) {
    room(10);
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private void eight(long number) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (number >>> shift);
    }
  }

  private void room(int more) {
    if (more > WireForm.MAX_BYTES - length) {
      throw new WireProblem("a message of more than " + WireForm.MAX_BYTES + " bytes");
    }
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
