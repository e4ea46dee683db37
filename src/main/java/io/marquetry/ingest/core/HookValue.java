package io.marquetry.ingest.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a mapping finds a value in what a provider sent.
 *
 * <p>In a mapping file: a path of names and list indexes such as {@code "data.items.0.id"}; a list
 * of alternatives, of which the first counts that is there; {@code {"constant": …}}; {@code
 * {"join": […]}}, the texts of all of them with colons between, nothing where one is missing;
 * {@code {"lower": …}}, in small letters.
 */
sealed interface HookValue {

  /** The value; null where it is not there, or a blank text. */
  @Nullable Object in(Map<String, Object> event);

  /** Every alternative that is there, first choice first. */
  default List<Object> all(Map<String, Object> event) {
    var value = in(event);
    return value == null ? List.of() : List.of(value);
  }

  /** The value as a text; null where it is not there or is no text or number. */
  default @Nullable String text(Map<String, Object> event) {
    return text(in(event));
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case Long number -> Long.toString(number);
      case Double number -> Double.toString(number);
      case Boolean flag -> Boolean.toString(flag);
      case null, default -> null;
    };
  }

  /** A path. */
  record At(List<String> steps) implements HookValue {
    @Override
    public @Nullable Object in(Map<String, Object> event) {
      Object value = event;
      for (var step : steps) {
        value =
            switch (value) {
              case Map<?, ?> map -> map.get(step);
              case List<?> list -> element(list, step);
              case null, default -> null;
            };
      }
      return value instanceof String text && text.isBlank() ? null : value;
    }

    private static @Nullable Object element(List<?> list, String step) {
      boolean digits = step.length() < 6 && step.chars().allMatch(c -> c >= '0' && c <= '9');
      int index = digits ? Integer.parseInt(step) : -1;
      return index >= 0 && index < list.size() ? list.get(index) : null;
    }
  }

  /** The first alternative that is there. */
  record First(List<HookValue> alternatives) implements HookValue {
    @Override
    public @Nullable Object in(Map<String, Object> event) {
      for (var alternative : alternatives) {
        var value = alternative.in(event);
        if (value != null) {
          return value;
        }
      }
      return null;
    }

    @Override
    public List<Object> all(Map<String, Object> event) {
      var all = new ArrayList<Object>();
      alternatives.forEach(alternative -> all.addAll(alternative.all(event)));
      return all;
    }
  }

  /** Always the same. */
  record Constant(Object value) implements HookValue {
    @Override
    public Object in(Map<String, Object> event) {
      return value;
    }
  }

  /** The texts of several, with colons between. */
  record Join(List<HookValue> parts) implements HookValue {
    @Override
    public @Nullable Object in(Map<String, Object> event) {
      var texts = new ArrayList<String>();
      for (var part : parts) {
        var text = part.text(event);
        if (text == null) {
          return null;
        }
        texts.add(text);
      }
      return String.join(":", texts);
    }
  }

  /** A text in small letters. */
  record Lower(HookValue value) implements HookValue {
    @Override
    public @Nullable Object in(Map<String, Object> event) {
      var text = value.text(event);
      return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads the description of a value.
   *
   * @param at its path in the mapping file, for messages
   * @throws IllegalArgumentException saying what is wrong, and where
   */
  static HookValue read(String at, @Nullable Object json) {
    return switch (json) {
      case String path when !path.isBlank() -> new At(List.of(path.split("\\.", -1)));
      case List<?> list when !list.isEmpty() -> new First(readAll(at, list));
      case Map<?, ?> map when map.size() == 1 -> readObject(at, map);
      case null, default ->
          throw new IllegalArgumentException(
              at + " must be a path, a list of alternatives, or one of constant, join, lower");
    };
  }

  private static HookValue readObject(String at, Map<?, ?> map) {
    var entry = map.entrySet().iterator().next();
    var kind = String.valueOf(entry.getKey());
    var inner = at + "." + kind;
    Object value = entry.getValue();
    if (kind.equals("constant") && value != null) {
      return new Constant(value);
    }
    if (kind.equals("join") && value instanceof List<?> list && !list.isEmpty()) {
      return new Join(readAll(inner, list));
    }
    if (kind.equals("lower")) {
      return new Lower(read(inner, value));
    }
    throw new IllegalArgumentException(
        inner + " is none of {constant: value}, {join: [values]}, {lower: value}");
  }

  private static List<HookValue> readAll(String at, List<?> list) {
    var values = new ArrayList<HookValue>();
    for (int i = 0; i < list.size(); i++) {
      values.add(read(at + "[" + i + "]", list.get(i)));
    }
    return List.copyOf(values);
  }
}
