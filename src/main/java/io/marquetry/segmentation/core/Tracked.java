package io.marquetry.segmentation.core;

import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Count;
import io.marquetry.condition.Distinct;
import io.marquetry.condition.Sum;
import io.marquetry.condition.Window;
import java.util.List;

/** A behaviour that profiles count, and the segments whose answer may hang on it. */
final class Tracked {
  private final String id;
  private final String key;
  private final Behaviour behaviour;
  private final Gauge gauge;
  private final int pass;
  private final List<Integer> rules;

  /**
   * @param pass that fills in its past
   * @param rules places of the segments in the plan
   */
  Tracked(Behaviour behaviour, int pass, List<Integer> rules) {
    this.id = behaviour.id();
    this.key = (pass == Passes.NONE ? id : id + "." + pass).intern();
    this.pass = pass;
    this.behaviour = behaviour;
    this.gauge = Gauge.of(key, behaviour);
    this.rules = List.copyOf(rules);
  }

  /** Of the behaviour; making it out takes a digest. */
  String id() {
    return id;
  }

  /** Under which profiles keep the count. */
  String key() {
    return key;
  }

  Behaviour behaviour() {
    return behaviour;
  }

  Gauge gauge() {
    return gauge;
  }

  int pass() {
    return pass;
  }

  List<Integer> rules() {
    return rules;
  }

  /** Whether it counts different values in a visit, which is not counted with the visit. */
  boolean isDifferentInVisit() {
    return behaviour instanceof Behaviour.Did(_, Window.Session _, Distinct _);
  }

  /** Length of the sliding window in milliseconds; 0 for the other windows. */
  long length() {
    return behaviour instanceof Behaviour.Did(_, Window.Sliding(var length), _)
        ? length.toMillis()
        : 0;
  }

  /** How many occurrences or values suffice to decide a count. */
  int horizon() {
    return switch (behaviour) {
      case Behaviour.Did(_, _, Count count) -> count.horizon();
      case Behaviour.Did(_, _, Distinct distinct) -> distinct.is().horizon();
      default -> Count.MAX_THRESHOLD + 1;
    };
  }

  /** Totals beyond this all look alike. */
  long sumHorizon() {
    return behaviour instanceof Behaviour.Did(_, _, Sum sum) ? sum.horizon() : Long.MAX_VALUE;
  }
}
