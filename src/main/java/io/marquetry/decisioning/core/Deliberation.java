package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.ProfileView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Choosing one component's variant for one visitor: first by its rules, then down its chain. */
final class Deliberation {
  private final Component component;
  private final ProfileView view;
  private final long now;
  private @Nullable List<Reason> reasons;
  private @Nullable Map<String, Rule> excluded;

  Deliberation(Component component, @Nullable Reason first, ProfileView view, long now) {
    this.component = component;
    this.view = view;
    this.now = now;
    if (first != null) {
      note(first);
    }
  }

  private void note(Reason reason) {
    if (reasons == null) {
      reasons = new ArrayList<>(4);
    }
    reasons.add(reason);
  }

  private List<Reason> noted() {
    return reasons == null ? List.of() : reasons;
  }

  Choice choose() {
    var byRule = byRule();
    return byRule != null ? byRule : byChain();
  }

  private @Nullable Choice byRule() {
    var rules = component.rules();
    for (int i = 0; i < rules.size(); i++) {
      var rule = rules.get(i);
      try {
        var choice = rule.when().holds(view) ? apply(rule) : null;
        if (choice != null) {
          return choice;
        }
      } catch (RuntimeException e) {
        note(failed("rule", rule.key(), e));
      }
    }
    return null;
  }

  static Reason failed(String what, String key, RuntimeException e) {
    return new Reason(
        "error",
        key,
        what + " “" + key + "” failed and was passed over (" + e.getClass().getSimpleName() + ")");
  }

  private @Nullable Choice apply(Rule rule) {
    var show = rule.show();
    if (show == null) {
      exclude(rule);
      return null;
    }
    var obstacle = obstacle(show);
    if (obstacle != null) {
      note(
          new Reason(
              "skipped", rule.key(), "rule “" + rule.key() + "” applies, but " + obstacle.text()));
      return null;
    }
    return reasons == null && rule.always() != null
        ? rule.always()
        : rule.choice(component.key(), noted(), view);
  }

  private void exclude(Rule rule) {
    if (excluded == null) {
      excluded = new HashMap<>();
    }
    for (var key : rule.excluded()) {
      excluded.putIfAbsent(key, rule);
    }
    note(rule.reason("excludes “" + String.join("”, “", rule.excluded()) + "”", view));
  }

  private @Nullable Reason obstacle(Variant variant) {
    var excluder = excluded == null ? null : excluded.get(variant.key());
    if (excluder != null) {
      return Variant.skipped(variant.key(), "is excluded by rule “" + excluder.key() + "”");
    }
    try {
      return variant.obstacle(view, now);
    } catch (RuntimeException e) {
      return failed("variant", variant.key(), e);
    }
  }

  private Choice byChain() {
    var chain = component.chain();
    for (int i = 0; i < chain.size(); i++) {
      var variant = component.step(i);
      var obstacle =
          variant == null ? Variant.skipped(chain.get(i), "is not defined") : obstacle(variant);
      if (variant != null && obstacle == null) {
        return chained(variant, i);
      }
      if (obstacle != null) {
        note(obstacle);
      }
    }
    note(new Reason("fallback", component.key(), "no variant fits; the page's own markup stays"));
    return new Choice(component.key(), null, "none", noted(), 1, 1, -1);
  }

  private Choice chained(Variant variant, int step) {
    if (reasons == null) {
      reasons = new ArrayList<>(4);
    }
    variant.explain(view, reasons);
    return new Choice(component.key(), variant.key(), "fallback", reasons, 1, 1, step);
  }
}
