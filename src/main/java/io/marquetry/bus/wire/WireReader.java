package io.marquetry.bus.wire;

import io.marquetry.kit.Id128;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message, believing nothing: a length is held against the bytes that are left before
 * anything is made of it, and a value against what may stand in its place.
 */
final class WireReader {
  private static final int MAX_SHAPES = 256;
  private static final int MAX_PRESIZED = 1_024;

  private final Map<String, Shape> shapes;
  private final byte[] bytes;
  private final List<Told> told = new ArrayList<>();
  private int at;
  private int depth;

  /**
   * A record as its writer described it.
   *
   * @param shape ours of that name; null where there is none
   * @param targets for each component that comes, which of ours it is; -1 for none
   */
  private record Told(String name, @Nullable Shape shape, List<Integer> targets) {}

  WireReader(Map<String, Shape> shapes, byte[] bytes) {
    this.shapes = shapes;
    this.bytes = bytes;
  }

  boolean isAtEnd() {
    return at == bytes.length;
  }

  int octet() {
    need(1);
    return bytes[at++];
  }

  @Nullable Object value(Form form) {
    int tag = octet();
    return switch (tag) {
      case Tag.NULL -> nothing(form);
      case Tag.FALSE -> fit(form, false);
      case Tag.TRUE -> fit(form, true);
      case Tag.INT -> fit(form, integer());
      case Tag.LONG -> fit(form, number());
      case Tag.DOUBLE -> fit(form, Double.longBitsToDouble(eight()));
      case Tag.TEXT -> fit(form, text());
      case Tag.BYTES -> fit(form, raw());
      case Tag.ID -> fit(form, new Id128(eight(), eight()));
      case Tag.ENUM -> constant(form, text());
      case Tag.LIST -> list(form);
      case Tag.MAP -> map(form);
      case Tag.RECORD -> composed(form);
      default -> throw new WireProblem("no value begins with " + tag);
    };
  }

  private static @Nullable Object nothing(Form form) {
    if (!form.nullable()) {
      throw new WireProblem("null, expected " + form.type().getSimpleName());
    }
    return null;
  }

  private static Object fit(Form form, Object value) {
    check(form, value.getClass());
    return value;
  }

  private static void check(Form form, Class<?> type) {
    if (!form.takes(type)) {
      throw new WireProblem(type.getSimpleName() + ", expected " + form.type().getSimpleName());
    }
  }

  private static @Nullable Object constant(Form form, String name) {
    if (form.isPassedOver()) {
      return null;
    }
    var constant = form.constants().get(name);
    if (constant == null) {
      throw new WireProblem("no " + form.type().getSimpleName() + " is called " + name);
    }
    return constant;
  }

  @SuppressWarnings("NullAway") // a JSON null stays a null element of the list
  private List<Object> list(Form form) {
    check(form, List.class);
    down();
    int count = count(1);
    var list = new ArrayList<@Nullable Object>(Math.min(count, MAX_PRESIZED));
    for (int i = 0; i < count; i++) {
      list.add(value(form.inside()));
    }
    depth--;
    return Collections.unmodifiableList(list);
  }

  @SuppressWarnings("NullAway") // a JSON null stays a null value in the map
  private Map<String, Object> map(Form form) {
    check(form, Map.class);
    down();
    int count = count(2);
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < count; i++) {
      map.put(text(), value(form.inside()));
    }
    depth--;
    return Collections.unmodifiableMap(map);
  }

  private @Nullable Object composed(Form form) {
    down();
    var kind = kind();
    var shape = kind.shape();
    if (form.isPassedOver()) {
      for (int i = 0; i < kind.targets().size(); i++) {
        value(Form.PASSED_OVER);
      }
      depth--;
      return null;
    }
    if (shape == null) {
      throw new WireProblem("no record of this process is called " + kind.name());
    }
    if (!form.takesOurs(shape.type())) {
      throw new WireProblem(kind.name() + ", expected " + form.type().getSimpleName());
    }
    var made = shape.make(values(shape, kind.targets()));
    depth--;
    return made;
  }

  private @Nullable Object[] values(Shape shape, List<Integer> targets) {
    var values = new @Nullable Object[shape.size()];
    var came = new boolean[shape.size()];
    for (int target : targets) {
      if (target < 0) {
        value(Form.PASSED_OVER);
        continue;
      }
      try {
        values[target] = value(shape.form(target));
        came[target] = true;
      } catch (WireProblem e) {
        throw new WireProblem(shape.name() + "." + shape.names().get(target) + ": " + e.text());
      }
    }
    for (int i = 0; i < came.length; i++) {
      if (!came[i]) {
        values[i] = shape.absent(i);
      }
    }
    return values;
  }

  private Told kind() {
    long index = variable();
    if (index < 0 || index > told.size() || index >= MAX_SHAPES) {
      throw new WireProblem("a record of a kind that was not described");
    }
    if (index == told.size()) {
      told.add(described());
    }
    return told.get((int) index);
  }

  private Told described() {
    var name = text();
    var shape = shapes.get(name);
    int count = count(1);
    var targets = new ArrayList<Integer>(Math.min(count, MAX_PRESIZED));
    var taken = new HashSet<Integer>();
    for (int i = 0; i < count; i++) {
      int target = shape == null ? skipped() : shape.index(text());
      if (target >= 0 && !taken.add(target)) {
        throw new WireProblem(name + " has a component twice");
      }
      targets.add(target);
    }
    return new Told(name, shape, targets);
  }

  private int skipped() {
    raw();
    return -1;
  }

  private void down() {
    if (++depth > WireForm.MAX_DEPTH) {
      throw new WireProblem("more than " + WireForm.MAX_DEPTH + " values inside of each other");
    }
  }

  private Integer integer() {
    long number = number();
    if (number != (int) number) {
      throw new WireProblem(number + " is no int");
    }
    return (int) number;
  }

  private Long number() {
    long folded = variable();
    return (folded >>> 1) ^ -(folded & 1);
  }

  private String text() {
    int length = count(1);
    var text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  private byte[] raw() {
    int length = count(1);
    var raw = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return raw;
  }

  /** How many of something follow, of which each takes so many bytes at least. */
  private int count(int each) {
    long count = variable();
    if (count < 0 || count > (bytes.length - at) / each) {
      throw new WireProblem("the message ends before what it announces");
    }
    return (int) count;
  }

  private long variable() {
    long number = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int next = octet();
      number |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new WireProblem("a number of more than ten bytes");
  }

  private long eight() {
    need(8);
    long number = 0;
    for (int i = 0; i < 8; i++) {
      number = number << 8 | (bytes[at++] & 0xFF);
    }
    return number;
  }

  private void need(int more) {
    if (more > bytes.length - at) {
      throw new WireProblem("the message ends before what it announces");
    }
  }
}
