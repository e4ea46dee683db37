package io.marquetry.models.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One field of a visitor as a model is told it.
 *
 * @param tensor its name there
 * @param field its dotted path here
 * @param type {@code BOOL}, {@code INT64}, {@code FP64} or {@code BYTES}
 * @param fallback told where nothing is known; null to leave the tensor out then
 */
record Feature(String tensor, String field, String type, @Nullable Object fallback) {
  private static final int MAX_LENGTH = 256;

  static Feature parse(Map<?, ?> body) {
    return new Feature(
        String.valueOf(body.get("tensor")),
        String.valueOf(body.get("field")),
        body.get("type") instanceof String type ? type : "FP64",
        body.get("default"));
  }

  /** The tensor of these values, in the form of the protocol; null where there is none to tell. */
  @Nullable Map<String, Object> tensor(Map<String, Object> values) {
    var known = elements(values.get(field));
    var data = known.isEmpty() ? elements(fallback) : known;
    return data.isEmpty() ? null : Tensors.tensor(tensor, type, data);
  }

  /** What fits the type: a value, or the elements of a list. */
  private List<Object> elements(@Nullable Object value) {
    var data = new ArrayList<Object>();
    var list = value instanceof List<?> many ? many : value == null ? List.of() : List.of(value);
    for (int i = 0; i < list.size() && data.size() < MAX_LENGTH; i++) {
      var element = element(list.get(i));
      if (element != null) {
        data.add(element);
      }
    }
    return data;
  }

  private @Nullable Object element(@Nullable Object value) {
    return switch (type) {
      case "BOOL" -> value instanceof Boolean ? value : null;
      case "INT64" -> value instanceof Number number ? (Object) number.longValue() : null;
      case "FP64" -> value instanceof Number number ? (Object) number.doubleValue() : null;
      default -> Items.id(value);
    };
  }
}
