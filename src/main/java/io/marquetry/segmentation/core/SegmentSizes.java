package io.marquetry.segmentation.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many members each segment has, kept up with every change. */
final class SegmentSizes {
  private final Map<String, Long> sizes = new HashMap<>();

  void entered(List<String> keys) {
    entered(keys, 1);
  }

  void entered(List<String> keys, long many) {
    for (int i = 0; i < keys.size(); i++) {
      sizes.merge(keys.get(i), many, Long::sum);
    }
  }

  void left(List<String> keys) {
    for (int i = 0; i < keys.size(); i++) {
      sizes.computeIfPresent(keys.get(i), (key, size) -> size == 1 ? null : size - 1);
    }
  }

  long of(String key) {
    return sizes.getOrDefault(key, 0L);
  }
}
