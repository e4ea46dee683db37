package io.marquetry.content;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the content of a variant against the declared fields. */
final class ContentReader {
  private static final int MAX_TEXT = 512 * 1024;
  private static final int MAX_ITEMS = 1_000;
  private static final int MAX_DEPTH = 8;
  private static final int MAX_VALUES = 20_000;

  private final Set<String> livePaths = new LinkedHashSet<>();
  private final List<String> warnings = new ArrayList<>();
  private int values;

  private ContentReader() {}

  static BoundContent read(Map<String, FieldDefinition> fields, Map<String, ?> content) {
    ContentReader reader = new ContentReader();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, ?> entry : content.entrySet()) {
      FieldDefinition field = fields.get(entry.getKey());
      if (field == null) {
        reader.warnings.add(entry.getKey() + ": the component declares no such field");
      }
      values.put(entry.getKey(), reader.value(entry.getKey(), field, entry.getValue()));
    }
    fields.values().forEach(field -> requirePresent(field, values.get(field.key())));
    return new BoundContent(
        Collections.unmodifiableMap(values),
        Collections.unmodifiableSet(reader.livePaths),
        List.copyOf(reader.warnings));
  }

  private static void requirePresent(FieldDefinition field, @Nullable Object value) {
    if (field.required() && (value == null || value.equals(""))) {
      throw new InvalidContentException(field.key(), "is required");
    }
  }

  private @Nullable Object value(
      String key, @Nullable FieldDefinition field, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (LiveBindings.isLive(value)) {
      return live(key, field == null ? null : field.type(), (Map<?, ?>) value);
    }
    return field == null ? plain(key, value, 0) : typed(key, field.type(), value);
  }

  private LiveValue live(String path, @Nullable FieldType type, Map<?, ?> json) {
    Object fallback = json.get("default");
    if (fallback != null) {
      String where = path + ".default";
      if (LiveBindings.isLive(fallback)) {
        throw new InvalidContentException(where, "must be a plain value, not another binding");
      }
      fallback = type == null ? plain(where, fallback, 1) : typed(where, type, fallback);
    }
    LiveValue live = LiveBindings.parse(path, type, json, fallback);
    livePaths.add(live.path());
    return live;
  }

  private @Nullable Object typed(String path, FieldType type, Object value) {
    return switch (type) {
      case TEXT -> text(path, type, value);
      case RICHTEXT -> new SafeHtml(RichText.sanitize(text(path, type, value)));
      case URL, IMAGE -> url(path, type, text(path, type, value));
      case NUMBER -> expect(path, type, value instanceof Number, plain(path, value, 0));
      case BOOLEAN -> expect(path, type, value instanceof Boolean, value);
      case LIST -> expect(path, type, value instanceof List<?>, plain(path, value, 0));
    };
  }

  private static String text(String path, FieldType type, Object value) {
    if (value instanceof String text) {
      if (text.length() > MAX_TEXT) {
        throw new InvalidContentException(path, "is longer than " + MAX_TEXT + " characters");
      }
      return text;
    }
    throw wrongType(path, type);
  }

  private String url(String path, FieldType type, String url) {
    boolean image = type == FieldType.IMAGE;
    String fault = UrlPolicy.fault(url, image);
    if (fault != null) {
      warnings.add(path + ": the address " + fault + " and is shown as " + UrlPolicy.BLOCKED);
    }
    return UrlPolicy.safe(url, image);
  }

  private static @Nullable Object expect(
      String path, FieldType type, boolean fits, @Nullable Object value) {
    if (!fits) {
      throw wrongType(path, type);
    }
    return value;
  }

  private static InvalidContentException wrongType(String path, FieldType type) {
    String expected =
        switch (type) {
          case TEXT, RICHTEXT, URL, IMAGE -> "a string";
          case NUMBER -> "a number";
          case BOOLEAN -> "true or false";
          case LIST -> "a list";
        };
    return new InvalidContentException(path, "must be " + expected + " or a {\"$from\"} binding");
  }

  /** Copies free-form JSON: the members of list items, and content no field is declared for. */
  private @Nullable Object plain(String path, @Nullable Object value, int depth) {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) {
      throw new InvalidContentException(path, "holds too much or nests too deep");
    }
    return switch (value) {
      case null -> null;
      case String text -> text(path, FieldType.TEXT, text);
      case Boolean bool -> bool;
      case Number number -> finite(path, number);
      case List<?> list -> list(path, list, depth + 1);
      case Map<?, ?> map when depth > 0 && LiveBindings.isLive(map) -> live(path, null, map);
      case Map<?, ?> map -> map(path, map, depth + 1);
      default -> throw new InvalidContentException(path, "is not a JSON value");
    };
  }

  private static Number finite(String path, Number number) {
    if (!Double.isFinite(number.doubleValue())) {
      throw new InvalidContentException(path, "must be a finite number");
    }
    return number;
  }

  private List<@Nullable Object> list(String path, List<?> list, int depth) {
    if (list.size() > MAX_ITEMS) {
      throw new InvalidContentException(path, "has more than " + MAX_ITEMS + " elements");
    }
    List<@Nullable Object> copy = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      String element = path + "[" + i + "]";
      if (LiveBindings.isLive(list.get(i))) {
        throw new InvalidContentException(element, "bind the whole list or a member, not an item");
      }
      copy.add(plain(element, list.get(i), depth));
    }
    return Collections.unmodifiableList(copy);
  }

  private Map<String, @Nullable Object> map(String path, Map<?, ?> map, int depth) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, member) -> copy.put(key + "", plain(path + "." + key, member, depth)));
    return Collections.unmodifiableMap(copy);
  }
}
