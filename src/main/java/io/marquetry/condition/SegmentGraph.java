package io.marquetry.condition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;

/**
 * How segments build on each other through {@code $inSegment}.
 *
 * <p>Immutable. Design note: segments are taken away one by one as soon as nothing they build on is
 * left, which gives the order of evaluation without recursion; whatever cannot be taken away stands
 * on a cycle or builds on one.
 */
public final class SegmentGraph {
  private final List<String> order;
  private final Map<String, Set<String>> dependants;
  private final Map<String, Set<String>> unknown;

  private SegmentGraph(
      List<String> order, Map<String, Set<String>> dependants, Map<String, Set<String>> unknown) {
    this.order = List.copyOf(order);
    this.dependants = dependants;
    this.unknown = Collections.unmodifiableMap(unknown);
  }

  /**
   * The graph of all segments, by key.
   *
   * @throws MalformedConditionException when segments name each other in a circle; the message
   *     names it, the path is that of a segment on it
   */
  public static SegmentGraph of(Map<String, Condition> segments) {
    var sorted = new TreeMap<>(segments);
    Map<String, Set<String>> dependants = new HashMap<>();
    Map<String, Set<String>> unknown = new TreeMap<>();
    Map<String, Integer> open = new HashMap<>();
    sorted.forEach(
        (key, condition) -> {
          Set<String> known = new LinkedHashSet<>(condition.segments());
          Set<String> absent = new LinkedHashSet<>(known);
          absent.removeAll(sorted.keySet());
          known.removeAll(absent);
          if (!absent.isEmpty()) {
            unknown.put(key, Collections.unmodifiableSet(absent));
          }
          known.forEach(
              used -> dependants.computeIfAbsent(used, _ -> new LinkedHashSet<>()).add(key));
          open.put(key, known.size());
        });
    List<String> order = order(sorted.keySet(), dependants, open);
    if (order.size() < sorted.size()) {
      order.forEach(sorted.keySet()::remove);
      throw cycle(sorted);
    }
    return new SegmentGraph(order, dependants, unknown);
  }

  private static List<String> order(
      Set<String> keys, Map<String, Set<String>> dependants, Map<String, Integer> open) {
    List<String> order = new ArrayList<>(keys.size());
    Queue<String> ready = new ArrayDeque<>();
    keys.stream().filter(key -> open.getOrDefault(key, 0) == 0).forEach(ready::add);
    for (String key = ready.poll(); key != null; key = ready.poll()) {
      order.add(key);
      for (String dependant : dependants.getOrDefault(key, Set.of())) {
        if (open.merge(dependant, -1, Integer::sum) == 0) {
          ready.add(dependant);
        }
      }
    }
    return order;
  }

  /** Every segment left over builds on another one left over, so walking on must come round. */
  private static MalformedConditionException cycle(Map<String, Condition> left) {
    Map<String, String> onwards = new LinkedHashMap<>();
    left.forEach(
        (key, condition) ->
            condition.segments().stream()
                .filter(left::containsKey)
                .findFirst()
                .ifPresent(used -> onwards.put(key, used)));
    Map<String, Integer> seenAt = new LinkedHashMap<>();
    String key = left.keySet().iterator().next();
    while (seenAt.putIfAbsent(key, seenAt.size()) == null) {
      key = onwards.getOrDefault(key, key);
    }
    List<String> walk = new ArrayList<>(seenAt.keySet());
    List<String> circle = new ArrayList<>(walk.subList(seenAt.getOrDefault(key, 0), walk.size()));
    circle.add(key);
    return new MalformedConditionException(
        "segments." + key, "expected no circle of segments, found " + String.join(" -> ", circle));
  }

  /** All keys, each after the segments it builds on. */
  public List<String> order() {
    return order;
  }

  /**
   * For each segment that names segments which do not exist, their keys; such references are false.
   */
  public Map<String, Set<String>> unknown() {
    return unknown;
  }

  /**
   * The segments that may change when {@code key} does, directly or through others, in order of
   * evaluation.
   */
  public List<String> dependants(String key) {
    Set<String> reached = new LinkedHashSet<>();
    Queue<String> next = new ArrayDeque<>(List.of(key));
    for (String at = next.poll(); at != null; at = next.poll()) {
      for (String dependant : dependants.getOrDefault(at, Set.of())) {
        if (reached.add(dependant)) {
          next.add(dependant);
        }
      }
    }
    return order.stream().filter(reached::contains).toList();
  }
}
