package io.marquetry.bus;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes instances of any record of the contract, from its components alone; the same seed makes the
 * same. Collections are handed over changeable, so that a record that keeps them is found out.
 */
final class RandomRecords {
  private final SplittableRandom random;

  RandomRecords(long seed) {
    random = new SplittableRandom(seed);
  }

  Object make(Class<?> type) {
    try {
      var components = type.getRecordComponents();
      var types = new Class<?>[components.length];
      var values = new @Nullable Object[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        boolean isNull = isNullable(components[i]) && random.nextBoolean();
        values[i] = isNull ? null : value(components[i].getGenericType(), 0);
      }
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " cannot be made", e);
    }
  }

  private Object value(Type type, int depth) {
    if (type instanceof ParameterizedType generic) {
      var arguments = generic.getActualTypeArguments();
      return generic.getRawType() == Map.class
          ? map(arguments[1], depth)
          : list(arguments[0], depth);
    }
    if (!(type instanceof Class<?> plain)) {
      throw new AssertionError("no rule for " + type);
    }
    return plain == Object.class ? json(depth) : plain(plain);
  }

  private Object plain(Class<?> type) {
    if (type.isRecord()) {
      return make(type);
    }
    if (type.isEnum()) {
      var constants = type.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    }
    return switch (type.getName()) {
      case "java.lang.String" -> text();
      case "int", "java.lang.Integer" -> random.nextInt();
      case "long", "java.lang.Long" -> random.nextLong() >> random.nextInt(64);
      case "double", "java.lang.Double" -> random.nextDouble(-1e9, 1e9);
      case "boolean", "java.lang.Boolean" -> random.nextBoolean();
      case "[B" -> text().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      default -> throw new AssertionError("no rule for " + type);
    };
  }

  private List<Object> list(Type element, int depth) {
    var list = new ArrayList<Object>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(element, depth + 1));
    }
    return list;
  }

  private Map<String, Object> map(Type values, int depth) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(text(), value(values, depth + 1));
    }
    return map;
  }

  /** A plain value of the kinds that JSON has. */
  private Object json(int depth) {
    return switch (random.nextInt(depth < 3 ? 7 : 5)) {
      case 0 -> text();
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> random.nextDouble();
      case 4 -> random.nextInt();
      case 5 -> list(Object.class, depth);
      default -> map(Object.class, depth);
    };
  }

  private String text() {
    var text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.appendCodePoint(
          random.nextBoolean() ? 'a' + random.nextInt(26) : random.nextInt(0xD800));
    }
    return text.toString();
  }

  // ---- what a record says of itself

  static boolean isNullable(RecordComponent component) {
    AnnotatedType type = component.getAnnotatedType();
    return type.isAnnotationPresent(Nullable.class)
        || ((AnnotatedElement) component).isAnnotationPresent(Nullable.class);
  }

  static @Nullable Object value(RecordComponent component, Object instance) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(instance);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot read " + component, e);
    }
  }

  /** Whether a collection is one of those that {@link #make} hands over. */
  static boolean isChangeable(@Nullable Object collection) {
    return collection instanceof ArrayList<?> || collection instanceof HashMap<?, ?>;
  }

  /** Every class that a type is made of. */
  static Set<Class<?>> classes(Type type) {
    var found = new HashSet<Class<?>>();
    switch (type) {
      case Class<?> plain -> found.add(plain);
      case ParameterizedType generic ->
          Arrays.stream(generic.getActualTypeArguments())
              .forEach(argument -> found.addAll(classes(argument)));
      default -> {}
    }
    return found;
  }
}
