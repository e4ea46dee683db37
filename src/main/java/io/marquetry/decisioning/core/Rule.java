package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.ProfileView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a component, compiled.
 *
 * @param show the variant it shows, null for a rule that excludes
 * @param excluded keys of the variants it rules out, empty for a rule that shows
 * @param always the whole choice, where it is the same for everybody the rule applies to
 */
record Rule(
    String key,
    double priority,
    Requirement when,
    @Nullable Variant show,
    List<String> excluded,
    @Nullable Choice always) {

  /**
   * Reads the body of {@code rules.put}.
   *
   * @throws IllegalArgumentException naming what is wrong
   * @throws io.marquetry.condition.MalformedConditionException naming the path of the fault
   */
  static Rule parse(
      String key,
      Map<String, Object> body,
      Map<String, Variant> variants,
      Map<String, String> segmentNames) {
    var condition = body.get("when");
    var when = new Requirement(condition == null ? Map.of() : condition, segmentNames);
    if (!(body.get("then") instanceof Map<?, ?> then)) {
      throw new IllegalArgumentException("then: an object with show or exclude is expected");
    }
    var priority = body.get("priority") instanceof Number number ? number.doubleValue() : 0;
    if (then.containsKey("exclude")) {
      var excluded = Bodies.texts("then.exclude", then.get("exclude"));
      return new Rule(key, priority, when, null, List.copyOf(excluded), null);
    }
    var show = variants.get(Bodies.text(then, "show"));
    if (show == null) {
      throw new IllegalArgumentException("then.show: there is no variant " + then.get("show"));
    }
    return showing(key, priority, Bodies.text(body, "component"), when, show);
  }

  private static Rule showing(
      String key, double priority, String component, Requirement when, Variant show) {
    var rule = new Rule(key, priority, when, show, List.of(), null);
    if (!when.sameForAll()) {
      return rule;
    }
    var choice = rule.choice(component, List.of(), EVERYWHERE);
    return new Rule(key, priority, when, show, List.of(), choice);
  }

  /** In every segment: for making the words that are the same for all who are. */
  private static final ProfileView EVERYWHERE = new InEverySegment();

  /** The choice of the variant it shows. */
  Choice choice(String component, List<Reason> before, ProfileView view) {
    if (show == null) {
      throw new IllegalStateException("rule " + key + " shows nothing");
    }
    var reasons = new ArrayList<>(before);
    reasons.add(reason("shows “" + show.key() + "”", view));
    reasons.addAll(when.segments(view));
    return new Choice(component, show.key(), "rule", reasons, 1, 1, -1);
  }

  /** The reason it gives, in which {@code does} says what it did. */
  Reason reason(String does, ProfileView view) {
    return new Reason("rule", key, "rule “" + key + "” " + does + ": " + when.whyHeld(view));
  }
}
