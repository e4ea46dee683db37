package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.ProfileView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides all components of a page at once.
 *
 * <p>A total function of its arguments: the same plan, visitor and time give the same choices, and
 * nothing that goes wrong inside a rule, a variant or a component reaches beyond it. In the control
 * group a component shows its baseline. Otherwise its rules are asked, highest priority first: one
 * that excludes takes variants out, one that shows a variant that may be shown decides. Failing
 * that, the first variant of the fallback chain that may be shown is taken, and failing that the
 * markup in the page stays.
 *
 * <p>Design note: reasons and whole choices that are the same for everybody are made when the plan
 * is, so that a rule which applies decides without allocating; see {@link Requirement}.
 */
public final class DecisionEngine {
  private DecisionEngine() {}

  /**
   * One choice for each component asked for, in that order.
   *
   * @param view only the request where {@code basis} is not the profile
   * @param now milliseconds since the epoch, for schedules
   */
  public static List<Choice> decide(
      DecisionPlan plan, List<String> components, Basis basis, ProfileView view, long now) {
    var choices = new Choice[components.size()];
    for (int i = 0; i < choices.length; i++) {
      choices[i] = decide(plan, components.get(i), basis, view, now);
    }
    return List.of(choices);
  }

  private static Choice decide(
      DecisionPlan plan, String key, Basis basis, ProfileView view, long now) {
    var component = plan.component(key);
    if (component == null) {
      return none(key, new Reason("error", key, "unknown component"));
    }
    try {
      return basis.mode() == Mode.HOLDOUT
          ? baseline(component, basis, now)
          : new Deliberation(component, basis.why(), view, now).choose();
    } catch (RuntimeException e) {
      return none(key, Deliberation.failed("component", key, e));
    }
  }

  private static Choice none(String key, Reason reason) {
    return new Choice(key, null, "none", List.of(reason), 1, 1, -1);
  }

  /** The last variant of the chain that anybody may see now. */
  private static Choice baseline(Component component, Basis basis, long now) {
    var reasons = basis.why() == null ? List.<Reason>of() : List.of(basis.why());
    for (int step = component.chain().size() - 1; step >= 0; step--) {
      var variant = component.step(step);
      if (variant != null && variant.isBaseline(now)) {
        return new Choice(component.key(), variant.key(), "baseline", reasons, 1, 1, step);
      }
    }
    return new Choice(component.key(), null, "none", reasons, 1, 1, -1);
  }

  /**
   * The values that the chosen variants show live, by dotted path; what is unknown is left out. In
   * the control group there are none: the baseline is the same for all of it.
   */
  public static Map<String, Object> live(
      DecisionPlan plan, List<Choice> choices, Mode mode, ProfileView view) {
    if (mode == Mode.HOLDOUT) {
      return Map.of();
    }
    Map<String, Object> values = null;
    for (int i = 0; i < choices.size(); i++) {
      var variant = variant(plan, choices.get(i));
      for (int j = 0; variant != null && j < variant.live().size(); j++) {
        var path = variant.live().get(j);
        var value = view.field(path);
        if (value != null) {
          values = values == null ? new LinkedHashMap<>() : values;
          values.put(path.toString(), value);
        }
      }
    }
    return values == null ? Map.of() : values;
  }

  private static @Nullable Variant variant(DecisionPlan plan, Choice choice) {
    var component = plan.component(choice.component());
    return component == null || choice.variant() == null
        ? null
        : component.variants().get(choice.variant());
  }
}
