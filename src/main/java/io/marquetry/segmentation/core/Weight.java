package io.marquetry.segmentation.core;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much a plain value takes up, roughly in bytes of JSON: what profiles hold is bounded. */
final class Weight {
  private Weight() {}

  /** Whether the value is small enough to be kept. */
  static boolean within(@Nullable Object value, int limit) {
    return left(value, limit) >= 0;
  }

  private static int left(@Nullable Object value, int limit) {
    int left = limit;
    switch (value) {
      case String text -> left -= text.length() + 2;
      case Map<?, ?> map -> {
        left -= 2;
        for (var entry : map.entrySet()) {
          left = left < 0 ? left : left(entry.getValue(), left(entry.getKey(), left));
        }
      }
      case List<?> list -> {
        left -= 2;
        for (var element : list) {
          left = left < 0 ? left : left(element, left);
        }
      }
      case null, default -> left -= 8;
    }
    return left;
  }
}
