package io.marquetry.experimentation.core;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * What came of exposures, by context and arm.
 *
 * @param tallies by the key of a context, then by arm
 */
public record Evidence(Map<String, Map<String, Tally>> tallies) {
  public static final Evidence NONE = new Evidence(Map.of());

  public Evidence {
    var copy = new LinkedHashMap<String, Map<String, Tally>>();
    tallies.forEach(
        (context, arms) ->
            copy.put(context, Collections.unmodifiableMap(new LinkedHashMap<>(arms))));
    tallies = Collections.unmodifiableMap(copy);
  }

  public Tally at(String context, String arm) {
    return tallies.getOrDefault(context, Map.of()).getOrDefault(arm, Tally.NONE);
  }

  /** Of an arm, in all contexts together. */
  public Tally of(String arm) {
    var all = Tally.NONE;
    for (var arms : tallies.values()) {
      all = all.plus(arms.getOrDefault(arm, Tally.NONE));
    }
    return all;
  }

  public Tally all() {
    var all = Tally.NONE;
    for (var arms : tallies.values()) {
      for (var tally : arms.values()) {
        all = all.plus(tally);
      }
    }
    return all;
  }

  public Evidence plus(Evidence other) {
    var sum = new LinkedHashMap<String, Map<String, Tally>>();
    tallies.forEach((context, arms) -> sum.put(context, new LinkedHashMap<>(arms)));
    other.tallies.forEach(
        (context, arms) -> {
          var here = sum.computeIfAbsent(context, first -> new LinkedHashMap<>());
          arms.forEach((arm, tally) -> here.merge(arm, tally, Tally::plus));
        });
    return new Evidence(sum);
  }

  /** With other tallies in the place of these. */
  Evidence map(BiFunction<String, Tally, Tally> byArm) {
    var mapped = new LinkedHashMap<String, Map<String, Tally>>();
    tallies.forEach(
        (context, arms) -> {
          var here = new LinkedHashMap<String, Tally>();
          arms.forEach((arm, tally) -> here.put(arm, byArm.apply(arm, tally)));
          mapped.put(context, here);
        });
    return new Evidence(mapped);
  }

  /** What was learnt of contexts that are no longer told apart counts for everybody. */
  Evidence within(Set<String> contexts) {
    var kept = new LinkedHashMap<String, Map<String, Tally>>();
    var rest = NONE;
    for (var entry : tallies.entrySet()) {
      if (contexts.contains(entry.getKey())) {
        kept.put(entry.getKey(), entry.getValue());
      } else {
        rest = rest.plus(new Evidence(Map.of("", entry.getValue())));
      }
    }
    return new Evidence(kept).plus(rest);
  }

  /** Every arm that was ever shown. */
  Set<String> arms() {
    var arms = new HashSet<String>();
    tallies.values().forEach(those -> arms.addAll(those.keySet()));
    return arms;
  }
}
