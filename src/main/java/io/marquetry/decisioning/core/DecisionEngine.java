package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import io.marquetry.decisioning.core.Constraint.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides all components of a page at once.
 *
 * <p>A total function of its arguments: the same plan, visitor and time give the same choices, and
 * nothing that goes wrong inside a rule, a variant or a component reaches beyond it. In the control
 * group a component shows its baseline. Otherwise its rules are asked, highest priority first, each
 * of which takes variants out, moves them up or down, or decides ({@link Effect}). Where none
 * decides the first variant of the fallback chain that may be shown is taken, and failing that the
 * markup in the page stays. Where constraints keep variants of different components apart, choices
 * that clash are made again; see {@link PageDeliberation}.
 *
 * <p>Design note: what is the same for everybody is made when the plan is, and choices that come
 * about in the same way are made once; see {@link Trace} and {@link Requirement}.
 */
public final class DecisionEngine {
  private DecisionEngine() {}

  /**
   * One choice for each component asked for, in that order.
   *
   * @param view only the request where {@code basis} is not the profile
   * @param now milliseconds since the epoch, for schedules and caps
   */
  public static List<Choice> decide(
      DecisionPlan plan, List<String> components, Basis basis, VisitorView view, long now) {
    if (!plan.constraints().isEmpty() && components.size() > 1) {
      return List.of(new PageDeliberation(plan, components, basis, view, now).choose());
    }
    var choices = new Choice[components.size()];
    for (int i = 0; i < choices.length; i++) {
      choices[i] = decide(plan, components.get(i), basis, view, now);
    }
    return List.of(choices);
  }

  private static Choice decide(
      DecisionPlan plan, String key, Basis basis, VisitorView view, long now) {
    var component = plan.component(key);
    if (component == null) {
      return unknown(key);
    }
    try {
      return basis.mode() == Mode.HOLDOUT
          ? baseline(component, basis, now, List.of())
          : new Deliberation(component, basis.why(), view, now).choose();
    } catch (RuntimeException e) {
      return none(key, Deliberation.failed("component", key, e));
    }
  }

  static Choice unknown(String key) {
    return none(key, new Reason("error", key, "unknown component"));
  }

  static Choice none(String key, Reason reason) {
    return new Choice(key, null, "none", List.of(reason), 1, 1, -1);
  }

  /** The last variant of the chain that anybody may see now, and that no constraint bars. */
  static Choice baseline(Component component, Basis basis, long now, List<Member> barred) {
    var reasons = new ArrayList<Reason>();
    if (basis.why() != null) {
      reasons.add(basis.why());
    }
    barred.forEach(member -> reasons.add(member.why()));
    for (int step = component.steps() - 1; step >= 0; step--) {
      var variant = component.step(step);
      if (variant != null && variant.isBaseline(now) && !names(barred, variant)) {
        return new Choice(component.key(), variant.key(), "baseline", reasons, 1, 1, step);
      }
    }
    return new Choice(component.key(), null, "none", reasons, 1, 1, -1);
  }

  private static boolean names(List<Member> members, Variant variant) {
    return members.stream().anyMatch(member -> member.variant().number() == variant.number());
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
        var value = recommended(path, choices);
        value = value != null ? value : view.field(path);
        if (value != null) {
          values = values == null ? new LinkedHashMap<>() : values;
          values.put(path.toString(), value);
        }
      }
    }
    return values == null ? Map.of() : values;
  }

  /** What {@code recommended.<component>} names: the items that a component lists. */
  private static @Nullable Object recommended(FieldPath path, List<Choice> choices) {
    if (path.size() != 2 || !path.root().equals("recommended")) {
      return null;
    }
    for (int i = 0; i < choices.size(); i++) {
      var choice = choices.get(i);
      if (choice.component().equals(path.name(1)) && !choice.items().isEmpty()) {
        return choice.items().stream().map(DecisionEngine::item).toList();
      }
    }
    return null;
  }

  private static Map<String, Object> item(ScoredItem item) {
    return Map.of("id", item.item(), "score", item.score(), "confidence", item.confidence());
  }

  private static @Nullable Variant variant(DecisionPlan plan, Choice choice) {
    var component = plan.component(choice.component());
    return component == null || choice.variant() == null
        ? null
        : component.variants().find(choice.variant());
  }
}
