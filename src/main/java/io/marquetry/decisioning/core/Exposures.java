package io.marquetry.decisioning.core;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When visitors were last shown the variants that rules cap.
 *
 * <p>Design note: to say whether somebody was shown something n times within a sliding window, the
 * times of the last n exposures are enough, so that is what is kept, and only of variants that a
 * rule caps. Visitors stand in the order of their last exposure; those who saw nothing within the
 * longest window go, and beyond the bound those who have seen nothing for longest: they may be
 * shown a capped variant again, and are counted.
 *
 * <p>Not thread-safe: owned by one event loop.
 */
public final class Exposures {
  private final int most;
  private final Map<Id128, List<Times>> visitors = new LinkedHashMap<>();
  private Map<String, Watch> watched = Map.of();
  private long longestMillis;
  private long forgotten;

  /**
   * What has to be known of a variant.
   *
   * @param exposures how many of the last ones
   * @param windowMillis how far back
   */
  public record Watch(int exposures, long windowMillis) {
    Watch and(Watch other) {
      return new Watch(
          Math.max(exposures, other.exposures), Math.max(windowMillis, other.windowMillis));
    }

    boolean covers(@Nullable Watch other) {
      return other != null && exposures >= other.exposures && windowMillis >= other.windowMillis;
    }
  }

  /** The last exposures of one variant, the oldest first. */
  private static final class Times {
    private final String variant;
    private long[] times = {};

    Times(String variant) {
      this.variant = variant;
    }

    void add(long at, int keep) {
      int from = Math.max(0, times.length + 1 - keep);
      var more = Arrays.copyOf(times, times.length + 1);
      more[times.length] = at;
      Arrays.sort(more);
      times = Arrays.copyOfRange(more, from, more.length);
    }

    int since(long from) {
      int count = 0;
      for (long time : times) {
        count += time > from ? 1 : 0;
      }
      return count;
    }

    long newest() {
      return times[times.length - 1];
    }
  }

  /**
   * @param most visitors to remember
   */
  public Exposures(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at least one visitor is remembered");
    }
    this.most = most;
  }

  /**
   * Counts exposures of these variants from here on, and forgets others.
   *
   * @return those of which more is to be known than was kept so far; what was kept of them is
   *     forgotten too, to be read back whole
   */
  public List<String> watch(Map<String, Watch> variants) {
    var lacking = new TreeSet<String>();
    variants.forEach(
        (variant, watch) -> {
          var before = watched.get(variant);
          if (before == null || !before.covers(watch)) {
            lacking.add(variant);
          }
        });
    watched = Map.copyOf(variants);
    longestMillis = variants.values().stream().mapToLong(Watch::windowMillis).max().orElse(0);
    visitors
        .values()
        .removeIf(
            all -> {
              all.removeIf(
                  times -> !watched.containsKey(times.variant) || lacking.contains(times.variant));
              return all.isEmpty();
            });
    return List.copyOf(lacking);
  }

  /** How far back anything is asked for. */
  public long longestMillis() {
    return longestMillis;
  }

  /** Notes that a visitor is shown a variant; of one that nobody caps nothing is kept. */
  public void add(Id128 visitor, String variant, long at) {
    var watch = watched.get(variant);
    if (watch == null) {
      return;
    }
    var all = visitors.remove(visitor);
    if (all == null) {
      all = new ArrayList<>(1);
    }
    times(all, variant).add(at, watch.exposures());
    visitors.put(visitor, all);
    letGo(at);
  }

  private static Times times(List<Times> all, String variant) {
    for (var times : all) {
      if (times.variant.equals(variant)) {
        return times;
      }
    }
    var added = new Times(variant);
    all.add(added);
    return added;
  }

  private void letGo(long now) {
    var eldest = visitors.entrySet().iterator();
    while (eldest.hasNext()) {
      var all = eldest.next().getValue();
      boolean over = all.stream().allMatch(times -> times.newest() <= now - longestMillis);
      if (!over && visitors.size() <= most) {
        return;
      }
      forgotten += over ? 0 : 1;
      eldest.remove();
    }
  }

  /** How often a visitor was shown a variant after a moment; no more than are kept. */
  int since(Id128 visitor, String variant, long from) {
    var all = visitors.get(visitor);
    for (int i = 0; all != null && i < all.size(); i++) {
      if (all.get(i).variant.equals(variant)) {
        return all.get(i).since(from);
      }
    }
    return 0;
  }

  /** Forgets a visitor. */
  public void forget(Id128 visitor) {
    visitors.remove(visitor);
  }

  /** Visitors of whom anything is kept. */
  public int size() {
    return visitors.size();
  }

  /** Visitors who had to go although something they saw still counted. */
  public long forgotten() {
    return forgotten;
  }
}
