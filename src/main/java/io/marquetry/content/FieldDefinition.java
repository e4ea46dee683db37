package io.marquetry.content;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One declared field of a component. */
public record FieldDefinition(String key, FieldType type, boolean required, String label) {

  /** An optional field labelled by its key. */
  public static FieldDefinition of(String key, FieldType type) {
    return new FieldDefinition(key, type, false, key);
  }

  public FieldDefinition {
    Keys.check("key", key);
  }

  /**
   * Reads {@code {key, type, required?, label?}}; other members are ignored.
   *
   * @throws InvalidContentException naming the faulty member
   */
  public static FieldDefinition parse(Map<String, ?> json) {
    if (!(json.get("key") instanceof String key)) {
      throw new InvalidContentException("key", "must be a string");
    }
    Object required = json.get("required");
    if (required != null && !(required instanceof Boolean)) {
      throw new InvalidContentException("required", "must be true or false");
    }
    Object label = json.get("label");
    if (label != null && !(label instanceof String)) {
      throw new InvalidContentException("label", "must be a string");
    }
    return new FieldDefinition(
        key,
        type(json.get("type")),
        Boolean.TRUE.equals(required),
        label instanceof String text ? text : key);
  }

  /** Reads the {@code fields} array of a component; a key may be declared once. */
  public static List<FieldDefinition> parseAll(List<?> json) {
    List<FieldDefinition> fields = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      fields.add(parseAt(i, json.get(i)));
    }
    byKey(fields);
    return List.copyOf(fields);
  }

  private static FieldDefinition parseAt(int index, Object element) {
    String path = "fields[" + index + "]";
    if (!(element instanceof Map<?, ?> map)) {
      throw new InvalidContentException(path, "must be an object");
    }
    try {
      Map<String, Object> named = new LinkedHashMap<>();
      map.forEach((key, value) -> named.put(String.valueOf(key), value));
      return parse(named);
    } catch (InvalidContentException e) {
      String reason = String.valueOf(e.getMessage()).substring(e.field().length() + 2);
      throw new InvalidContentException(path + "." + e.field(), reason);
    }
  }

  static Map<String, FieldDefinition> byKey(List<FieldDefinition> fields) {
    Map<String, FieldDefinition> byKey = new LinkedHashMap<>();
    for (FieldDefinition field : fields) {
      if (byKey.put(field.key(), field) != null) {
        throw new InvalidContentException("fields", "'" + field.key() + "' is declared twice");
      }
    }
    return byKey;
  }

  private static FieldType type(@Nullable Object json) {
    for (FieldType type : FieldType.values()) {
      if (type.key().equals(json)) {
        return type;
      }
    }
    throw new InvalidContentException(
        "type",
        "must be one of "
            + Arrays.stream(FieldType.values())
                .map(FieldType::key)
                .collect(Collectors.joining(", ")));
  }
}
