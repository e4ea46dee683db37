package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.ProfileView;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rule of a component, compiled. */
final class Rule {
  private final String key;
  private final double priority;
  private final Requirement when;
  private final Schedule schedule;
  private final Effect effect;
  private final @Nullable Reason shared;
  private final IdentityHashMap<Reason, Reason> skips = new IdentityHashMap<>();

  private Rule(String key, double priority, Requirement when, Schedule schedule, Effect effect) {
    this.key = key;
    this.priority = priority;
    this.when = when;
    this.schedule = schedule;
    this.effect = effect;
    this.shared = when.sameWhenHeld() ? reason(when.words()) : null;
    if (effect instanceof Effect.Show(Variant variant)) {
      variant.obstacles().forEach(obstacle -> skips.put(obstacle, skipped(obstacle)));
    }
  }

  /**
   * Reads the body of {@code rules.put}.
   *
   * @throws IllegalArgumentException naming what is wrong
   * @throws io.marquetry.condition.MalformedConditionException naming the path of the fault
   */
  static Rule parse(
      String key,
      Map<String, Object> body,
      Variants variants,
      Map<String, String> segmentNames,
      Strategies strategies) {
    var condition = body.get("when");
    var when = new Requirement(condition == null ? Map.of() : condition, segmentNames);
    if (!(body.get("then") instanceof Map<?, ?> then)) {
      throw new IllegalArgumentException("then: an object is expected");
    }
    var priority = body.get("priority") instanceof Number number ? number.doubleValue() : 0;
    var effect = Effect.parse(key, Bodies.text(body, "component"), then, variants, strategies);
    return new Rule(key, priority, when, Schedule.parse(body.get("schedule")), effect);
  }

  String key() {
    return key;
  }

  double priority() {
    return priority;
  }

  Effect effect() {
    return effect;
  }

  boolean applies(ProfileView view, long now) {
    return schedule.contains(now) && when.holds(view);
  }

  private Reason reason(String why) {
    return new Reason("rule", key, "rule “" + key + "” " + effect.does() + ": " + why);
  }

  /** Notes what it does and why. */
  Trace tell(Trace trace, ProfileView view) {
    return shared != null ? trace.then(shared) : trace.aside(reason(when.whyHeld(view)));
  }

  /** Notes the segments it asks for that the visitor is in. */
  Trace tellSegments(Trace trace, ProfileView view) {
    return when.tellSegments(trace, view);
  }

  /** Notes that it applies in vain. */
  Trace tellSkipped(Trace trace, Reason obstacle) {
    var known = skips.get(obstacle);
    return known != null ? trace.then(known) : trace.aside(skipped(obstacle));
  }

  private Reason skipped(Reason obstacle) {
    return new Reason("skipped", key, "rule “" + key + "” applies, but " + obstacle.text());
  }
}
