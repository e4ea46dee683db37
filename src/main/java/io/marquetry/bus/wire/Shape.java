package io.marquetry.bus.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one record is taken apart and made: found out once, by reflection, and then called directly.
 */
final class Shape {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodType READ = MethodType.methodType(Object.class, Object.class);
  private static final MethodType MAKE = MethodType.methodType(Object.class, Object[].class);

  private final Class<?> type;
  private final String name;
  private final RecordComponent[] components;
  private final List<String> names;
  private final Form[] forms;
  private final MethodHandle[] accessors;
  private final MethodHandle constructor;
  private final Map<String, Integer> indices = new HashMap<>();

  Shape(Class<?> type) {
    this.type = type;
    name = name(type);
    components = type.getRecordComponents();
    names = Arrays.stream(components).map(RecordComponent::getName).toList();
    forms = Arrays.stream(components).map(Form::of).toArray(Form[]::new);
    for (int i = 0; i < components.length; i++) {
      indices.put(names.get(i), i);
    }
    try {
      accessors = new MethodHandle[components.length];
      for (int i = 0; i < components.length; i++) {
        accessors[i] = LOOKUP.unreflect(components[i].getAccessor()).asType(READ);
      }
      var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      constructor =
          LOOKUP
              .unreflectConstructor(type.getDeclaredConstructor(types))
              .asSpreader(Object[].class, types.length)
              .asType(MAKE);
    } catch (ReflectiveOperationException e) {
      throw new WireProblem(type + " cannot be reached: " + e.getMessage());
    }
  }

  /** The name of a type on the wire: its own, behind that of the type it is declared in. */
  static String name(Class<?> type) {
    var owner = type.getEnclosingClass();
    return (owner == null ? "" : owner.getSimpleName() + ".") + type.getSimpleName();
  }

  Class<?> type() {
    return type;
  }

  String name() {
    return name;
  }

  List<String> names() {
    return names;
  }

  int size() {
    return names.size();
  }

  Form form(int index) {
    return forms[index];
  }

  /** Which component has this name; -1 where none does. */
  int index(String component) {
    return indices.getOrDefault(component, -1);
  }

  @SuppressWarnings("NullAway") // a component that may be null
  @Nullable Object get(Object instance, int index) {
    try {
      return (Object) accessors[index].invokeExact(instance);
    } catch (Throwable e) {
      throw new WireProblem(name + "." + names.get(index) + " cannot be read: " + e);
    }
  }

  /** What stands for a component of which whoever wrote the bytes did not know. */
  @Nullable Object absent(int index) {
    var form = forms[index];
    var value = form.absent(components[index].getType().isPrimitive());
    if (value == null && !form.nullable()) {
      throw new WireProblem(name + "." + names.get(index) + " is missing");
    }
    return value;
  }

  Object make(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Throwable e) {
      throw new WireProblem(name + " cannot be made of what came: " + e);
    }
  }
}
