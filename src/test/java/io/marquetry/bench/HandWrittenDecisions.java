package io.marquetry.bench;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What {@link DecisionBench} decides, written by hand in Java for its catalogue alone: visitors in
 * a hash map, rules and requirements as code. It says which variant and nothing more: no reasons,
 * no consent, no schedules, and nothing in it can be edited while it runs. Sets of segments are not
 * shared, so it takes several times the memory.
 */
final class HandWrittenDecisions {
  private static final int[] CHAIN = {0, 1, 2, 3, 5};
  private static final int[] ARMS = {2, 3, 5};
  private static final double[] MEMBERS = {0.1, 0.2, 0.7};
  private static final double[] EVERYBODY = {0.5, 0.3, 0.2};

  private final Map<Id128, Visitor> visitors = new HashMap<>();
  private final List<List<Rule>> rules = new ArrayList<>();

  /** What is known of a visitor and of the request at hand. */
  private record Seen(
      Set<String> segments, Map<String, Object> fields, Map<String, Object> request) {
    Object said(String root, String field) {
      return request.get(root) instanceof Map<?, ?> members
          ? String.valueOf(members.get(field))
          : "";
    }

    boolean plan(String name) {
      return name.equals(fields.get("traits.plan"));
    }

    long visits() {
      return fields.get("visits") instanceof Long visits ? visits : -1;
    }
  }

  private record Visitor(Set<String> segments, Map<String, Object> fields) {}

  private record Rule(int number, int priority, Predicate<Seen> when, int shows) {}

  HandWrittenDecisions(int components, int ruleCount, int segments, List<String> countries) {
    for (int i = 0; i < components; i++) {
      rules.add(new ArrayList<>());
    }
    for (int i = 0; i < ruleCount; i++) {
      var segment = "segment-" + (i * 13) % segments;
      var country = countries.get(i % countries.size());
      rules.get(i % components).add(new Rule(i, i % 7, when(i, segment, country), i % 6));
    }
    for (var each : rules) {
      each.sort(
          Comparator.comparing(Rule::priority)
              .reversed()
              .thenComparing(rule -> "rule-" + rule.number()));
    }
  }

  private static Predicate<Seen> when(int rule, String segment, String country) {
    return switch (rule % 5) {
      case 0, 1 -> seen -> seen.segments().contains(segment);
      case 2 -> seen -> seen.visits() == 3 && country.equals(seen.said("geo", "country"));
      case 3 ->
          seen ->
              seen.segments().contains(segment) && "mobile".equals(seen.said("device", "class"));
      default -> seen -> seen.visits() >= 7 && seen.plan("pro");
    };
  }

  void put(Id128 visitor, List<String> segments, Map<String, Object> fields) {
    visitors.put(visitor, new Visitor(new HashSet<>(segments), fields));
  }

  /** The number of the variant to show of a component, -1 for none. */
  int decide(Id128 visitor, int component, Map<String, Object> request, int segments) {
    var known = visitors.getOrDefault(visitor, new Visitor(Set.of(), Map.of()));
    var seen = new Seen(known.segments(), known.fields(), request);
    var own = "segment-" + (component * 7) % segments;
    for (var rule : rules.get(component)) {
      if (rule.when().test(seen) && eligible(rule.shows(), seen, own)) {
        return rule.shows();
      }
    }
    if (component % 3 == 0) {
      return drawn(visitor, component, seen, own);
    }
    for (int variant : CHAIN) {
      if (eligible(variant, seen, own)) {
        return variant;
      }
    }
    return -1;
  }

  /** One of the arms that may be shown, by lot; the last one always may. */
  private static int drawn(Id128 visitor, int component, Seen seen, String segment) {
    boolean member = seen.segments().contains("segment-" + component);
    double sum = 0;
    for (int arm = 0; arm < ARMS.length; arm++) {
      sum += eligible(ARMS[arm], seen, segment) ? share(member, arm) : 0;
    }
    long bits = (visitor.high() ^ visitor.low() * 31 ^ component) * 0x9E3779B97F4A7C15L;
    double left = (bits >>> 11) * 0x1.0p-53 * sum;
    for (int arm = 0; arm < ARMS.length; arm++) {
      left -= eligible(ARMS[arm], seen, segment) ? share(member, arm) : 0;
      if (left < 0) {
        return ARMS[arm];
      }
    }
    return ARMS[ARMS.length - 1];
  }

  private static double share(boolean member, int arm) {
    return member ? MEMBERS[arm] : EVERYBODY[arm];
  }

  private static boolean eligible(int variant, Seen seen, String segment) {
    return switch (variant) {
      case 0 -> seen.segments().contains(segment);
      case 1 ->
          seen.fields().containsKey("traits.plan") && seen.fields().containsKey("traits.industry");
      case 2 -> seen.fields().containsKey("attributes.recentlyViewed");
      case 3 -> Boolean.TRUE.equals(seen.fields().get("isReturning"));
      default -> true;
    };
  }
}
