package io.marquetry.bus.wire;

import io.marquetry.kit.Id128;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may stand in one place: a component of a record, or an element of its list or map.
 *
 * <p>Whoever reads goes by this rather than by what the bytes claim to be, so that nothing gets
 * into a record that its declaration rules out, also not inside of a generic list.
 *
 * @param type what a value is an instance of, primitives boxed; Object for any plain JSON value
 * @param element what its elements are, of a list or map
 * @param nullable whether there may be nothing
 * @param constants of an enum, by name
 */
record Form(
    Class<?> type, @Nullable Form element, boolean nullable, Map<String, Object> constants) {

  private static final Set<Class<?>> SCALARS =
      Set.of(
          Boolean.class,
          Integer.class,
          Long.class,
          Double.class,
          String.class,
          byte[].class,
          Id128.class);

  private static final Map<Class<?>, Object> ZEROS =
      Map.of(Boolean.class, false, Integer.class, 0, Long.class, 0L, Double.class, 0.0);

  /** Any plain JSON value. */
  static final Form JSON = new Form(Object.class, null, true, Map.of());

  /** A value that is read past. */
  static final Form PASSED_OVER = new Form(Void.class, null, true, Map.of());

  /** A record by itself, such as a message. */
  static Form of(Class<?> type) {
    return plain(type, false);
  }

  static Form of(RecordComponent component) {
    var type = component.getAnnotatedType();
    boolean nullable = type.isAnnotationPresent(Nullable.class);
    try {
      return of(component.getGenericType(), nullable);
    } catch (WireProblem e) {
      throw new WireProblem(
          component.getDeclaringRecord().getName() + "." + component.getName() + ": " + e.text());
    }
  }

  private static Form of(Type type, boolean nullable) {
    if (type instanceof ParameterizedType generic) {
      var arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new Form(List.class, of(arguments[0], false), nullable, Map.of());
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new Form(Map.class, of(arguments[1], false), nullable, Map.of());
      }
    }
    if (type instanceof Class<?> plain) {
      return plain(plain, nullable);
    }
    throw new WireProblem(type + " has no wire form");
  }

  private static Form plain(Class<?> type, boolean nullable) {
    if (type == Object.class) {
      return JSON;
    }
    var boxed = boxed(type);
    boolean ours = type.isRecord() || type.isEnum() || type.isSealed();
    if (!SCALARS.contains(boxed) && !ours) {
      throw new WireProblem(type + " has no wire form");
    }
    var constants = new LinkedHashMap<String, Object>();
    if (type.isEnum()) {
      for (var constant : type.getEnumConstants()) {
        constants.put(((Enum<?>) constant).name(), constant);
      }
    }
    return new Form(boxed, null, nullable, constants);
  }

  private static Class<?> boxed(Class<?> type) {
    return switch (type.getName()) {
      case "boolean" -> Boolean.class;
      case "int" -> Integer.class;
      case "long" -> Long.class;
      case "double" -> Double.class;
      default -> type;
    };
  }

  /** The form of what is inside; of JSON again JSON. */
  Form inside() {
    return element == null ? this : element;
  }

  boolean isPassedOver() {
    return type == Void.class;
  }

  boolean isJson() {
    return type == Object.class;
  }

  /** Whether a list, map or scalar of this class may stand here. */
  boolean takes(Class<?> candidate) {
    return isPassedOver() || type.isAssignableFrom(candidate);
  }

  /** Whether a record or enum of this class may stand here: not among plain JSON. */
  boolean takesOurs(Class<?> candidate) {
    return !isJson() && type.isAssignableFrom(candidate);
  }

  /** What a component holds of which its writer did not know yet; null where it must be told. */
  @Nullable Object absent(boolean primitive) {
    if (primitive) {
      return ZEROS.get(type);
    }
    if (nullable) {
      return null;
    }
    return type == List.class ? List.of() : type == Map.class ? Map.of() : null;
  }
}
