package io.marquetry.models.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors as the Open Inference Protocol writes them in JSON: one dimension is all we need. */
final class Tensors {
  private Tensors() {}

  static Map<String, Object> tensor(String name, String type, List<?> data) {
    var tensor = new LinkedHashMap<String, Object>();
    tensor.put("name", name);
    tensor.put("shape", List.of((long) data.size()));
    tensor.put("datatype", type);
    tensor.put("data", data);
    return tensor;
  }

  /** The tensor of that name; null where there is none. */
  static @Nullable Map<?, ?> find(@Nullable Object tensors, String name) {
    if (tensors instanceof List<?> list) {
      for (var one : list) {
        if (one instanceof Map<?, ?> tensor && name.equals(tensor.get("name"))) {
          return tensor;
        }
      }
    }
    return null;
  }

  /**
   * The elements of a tensor, row by row, whether they are nested or flat.
   *
   * @param most more make it ill-shaped
   * @return null where there are too many, or not as many as its shape says
   */
  static @Nullable List<Object> data(Map<?, ?> tensor, int most) {
    var flat = new ArrayList<Object>();
    if (!(tensor.get("data") instanceof List<?> data) || !flatten(data, flat, most)) {
      return null;
    }
    return tensor.get("shape") instanceof List<?> shape && size(shape) == flat.size() ? flat : null;
  }

  private static boolean flatten(List<?> data, List<Object> into, int most) {
    for (var element : data) {
      if (element instanceof List<?> inner) {
        if (!flatten(inner, into, most)) {
          return false;
        }
      } else if (element == null || into.size() == most) {
        return false;
      } else {
        into.add(element);
      }
    }
    return true;
  }

  private static long size(List<?> shape) {
    long size = 1;
    for (var dimension : shape) {
      if (!(dimension instanceof Number number) || number.longValue() < 0) {
        return -1;
      }
      size = Math.min(size * Math.min(number.longValue(), 1_000_000), 1_000_000_000);
    }
    return size;
  }
}
