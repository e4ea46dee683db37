package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest value of each name, for the names that were said last.
 *
 * <p>Design note: a bounded map of last-writer-wins registers. Only the names with the greatest
 * stamps are kept, so what is left depends on what was said and not on the order of arrival: a name
 * that was dropped comes back only with a stamp that beats what is kept. A value that was taken
 * back keeps its place, or an older one arriving late would bring it back to life.
 */
final class LatestValues {
  private static final Comparator<Map.Entry<String, Stamped>> BY_AGE =
      Comparator.<Map.Entry<String, Stamped>, Stamp>comparing(entry -> entry.getValue().stamp())
          .thenComparing(Map.Entry::getKey);

  private final int limit;
  private final Map<String, Stamped> values = new HashMap<>(4);

  LatestValues(int limit) {
    this.limit = limit;
  }

  /** Hears of a change of the value of a name. */
  interface Listener {
    void changed(String name, @Nullable Object before, @Nullable Object now);
  }

  /** Takes a value unless a later one is known. */
  void offer(String name, Stamped offered, Listener listener) {
    var known = values.get(name);
    if (known != null && known.stamp().compareTo(offered.stamp()) >= 0) {
      return;
    }
    values.put(name, offered);
    listener.changed(name, known == null ? null : known.value(), offered.value());
    if (values.size() > limit) {
      var oldest = values.entrySet().stream().min(BY_AGE).orElseThrow();
      values.remove(oldest.getKey());
      listener.changed(oldest.getKey(), oldest.getValue().value(), null);
    }
  }

  @Nullable Object get(String name) {
    var known = values.get(name);
    return known == null ? null : known.value();
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Everything held, for merging and storing. */
  Map<String, Stamped> all() {
    return values;
  }

  /** The names that have a value, with it, in order of name. */
  Map<String, Object> present() {
    var present = new TreeMap<String, Object>();
    values.forEach(
        (name, stamped) -> {
          if (stamped.value() != null) {
            present.put(name, stamped.value());
          }
        });
    return present;
  }

  /** The values, the latest first. */
  List<Object> latestFirst() {
    var sorted = new ArrayList<>(values.entrySet());
    sorted.sort(BY_AGE.reversed());
    var list = new ArrayList<>();
    for (var entry : sorted) {
      if (entry.getValue().value() != null) {
        list.add(entry.getValue().value());
      }
    }
    return list;
  }
}
