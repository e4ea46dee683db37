package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Conflict;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.condition.Condition;
import io.marquetry.condition.Overlap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules that contradict each other for some visitor.
 *
 * <p>Two rules of one component collide where they have the same priority, are in force at the same
 * time, can apply to the same visitor ({@link Overlap}), and what the visitor sees depends on which
 * of them is asked first: both decide and not alike, or one takes out, caps or boosts what the
 * other may show. Their keys settle it then, which nobody means. A constraint collides with two
 * rules that show variants it keeps apart, where both can apply: one of them will not have its way.
 *
 * <p>Colliding is no error: a rule is saved all the same, and whoever saved it is told.
 */
public final class RuleConflicts {
  private static final int MOST = 50;

  private final Definitions all;
  private final Map<String, Condition> segments = new HashMap<>();

  /** A rule as far as it matters here. */
  private record Rule(Definition definition, Condition when, Map<?, ?> then) {
    String key() {
      return definition.key();
    }

    String component() {
      return String.valueOf(definition.body().get("component"));
    }

    double priority() {
      return definition.body().get("priority") instanceof Number number ? number.doubleValue() : 0;
    }

    @Nullable String shows() {
      return then.get("show") instanceof String show ? show : null;
    }

    boolean decides() {
      return shows() != null || then.containsKey("strategy");
    }

    Set<String> named() {
      return new HashSet<>(RuleDefinitions.named(then));
    }
  }

  private RuleConflicts(Definitions all) {
    this.all = all;
    for (var segment : all.all(Kind.SEGMENT)) {
      segments.put(segment.key(), Condition.parse(segment.body().get("condition")));
    }
  }

  /** The conflicts that one rule takes part in, empty where it is switched off or not defined. */
  public static List<Conflict> of(Definitions all, String key) {
    var body = all.body(Kind.RULE, key);
    return body == null || Boolean.FALSE.equals(body.get("enabled"))
        ? List.of()
        : new RuleConflicts(all).of(new Definition(Kind.RULE, key, 0, body));
  }

  private List<Conflict> of(Definition definition) {
    var found = new ArrayList<Conflict>();
    var rules = rules();
    if (definition.body().containsKey("never")) {
      clashes(definition, rules, null, found);
      return List.copyOf(found);
    }
    var rule = rule(definition);
    for (var other : rules) {
      if (!other.key().equals(rule.key()) && found.size() < MOST) {
        collide(rule, other, found);
      }
    }
    for (var constraint : all.all(Kind.RULE)) {
      if (isInForce(constraint) && constraint.body().containsKey("never")) {
        clashes(constraint, rules, rule.key(), found);
      }
    }
    return List.copyOf(found);
  }

  private static boolean isInForce(Definition rule) {
    return !Boolean.FALSE.equals(rule.body().get("enabled"));
  }

  private List<Rule> rules() {
    var rules = new ArrayList<Rule>();
    for (var definition : all.all(Kind.RULE)) {
      if (isInForce(definition) && definition.body().get("then") instanceof Map<?, ?>) {
        rules.add(rule(definition));
      }
    }
    return rules;
  }

  private static Rule rule(Definition definition) {
    var when = definition.body().get("when");
    var then = definition.body().get("then") instanceof Map<?, ?> map ? map : Map.of();
    return new Rule(definition, Condition.parse(when == null ? Map.of() : when), then);
  }

  private void collide(Rule rule, Rule other, List<Conflict> into) {
    boolean asked =
        rule.component().equals(other.component())
            && rule.priority() == other.priority()
            && dependsOnOrder(rule, other)
            && Schedules.meet(rule.definition().body(), other.definition().body());
    var overlap = asked ? Overlap.of(rule.when(), other.when(), segments) : Overlap.NEVER;
    if (overlap != Overlap.NEVER) {
      var first = rule.key().compareTo(other.key()) < 0 ? rule : other;
      into.add(
          new Conflict(
              List.of(rule.key(), other.key()),
              "same-priority",
              overlap.name().toLowerCase(java.util.Locale.ROOT),
              "“%s” and “%s” have the same priority and %s; “%s” is asked first because of its key"
                  .formatted(rule.key(), other.key(), words(overlap), first.key())));
    }
  }

  private static String words(Overlap overlap) {
    return overlap == Overlap.CERTAIN
        ? "apply to some visitors both"
        : "may apply to the same visitor, which cannot be told from their conditions";
  }

  /** Whether it matters which of the two is asked first. */
  private boolean dependsOnOrder(Rule one, Rule other) {
    if (one.decides() && other.decides()) {
      return !one.then().equals(other.then());
    }
    if (!one.decides() && !other.decides()) {
      return false;
    }
    var deciding = one.decides() ? one : other;
    var changing = one.decides() ? other : one;
    boolean moves = changing.then().containsKey("boost");
    return !(moves && deciding.shows() != null)
        && !Collections.disjoint(changing.named(), candidates(deciding));
  }

  /** What a rule that decides may show. */
  private Set<String> candidates(Rule rule) {
    var named = rule.named();
    if (named.isEmpty()) {
      var component =
          Objects.requireNonNullElse(
              all.body(Kind.COMPONENT, rule.component()), Map.<String, Object>of());
      if (component.get("fallback") instanceof List<?> chain) {
        chain.forEach(variant -> named.add(String.valueOf(variant)));
      }
    }
    return named;
  }

  /**
   * Pairs of rules that show what a constraint keeps apart; only those with {@code key}, if given.
   */
  private void clashes(
      Definition constraint, List<Rule> rules, @Nullable String key, List<Conflict> into) {
    for (int i = 0; i < rules.size(); i++) {
      for (int j = i + 1; j < rules.size() && into.size() < MOST; j++) {
        var one = rules.get(i);
        var other = rules.get(j);
        boolean concerned = key == null || one.key().equals(key) || other.key().equals(key);
        if (concerned && keepsApart(constraint, one, other)) {
          clash(constraint, one, other, into);
        }
      }
    }
  }

  private static boolean keepsApart(Definition constraint, Rule one, Rule other) {
    return !one.component().equals(other.component())
        && isShown(constraint, one)
        && isShown(constraint, other)
        && Schedules.meet(one.definition().body(), other.definition().body())
        && Schedules.meet(constraint.body(), one.definition().body())
        && Schedules.meet(constraint.body(), other.definition().body());
  }

  private static boolean isShown(Definition constraint, Rule rule) {
    var shows = rule.shows();
    return shows != null && RuleDefinitions.names(constraint.body(), rule.component(), shows);
  }

  private void clash(Definition constraint, Rule one, Rule other, List<Conflict> into) {
    var overlap = Overlap.of(one.when(), other.when(), segments);
    if (overlap != Overlap.NEVER) {
      into.add(
          new Conflict(
              List.of(constraint.key(), one.key(), other.key()),
              "constraint",
              overlap.name().toLowerCase(java.util.Locale.ROOT),
              "“%s” keeps apart what “%s” and “%s” show, and they %s; the one with the higher priority has its way"
                  .formatted(constraint.key(), one.key(), other.key(), words(overlap))));
    }
  }
}
