package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deciding the components of a page where constraints keep some of their variants apart.
 *
 * <p>First each component is decided for itself. Where a constraint is broken, the choice of the
 * rule with the highest priority stays; among equals, and among choices by no rule, the one further
 * up the page. The others are decided again without the variant they may not show. That takes a
 * variant out each time, so it ends; in the worst case a component shows the page's own markup.
 */
final class PageDeliberation {
  private final DecisionPlan plan;
  private final List<String> keys;
  private final Basis basis;
  private final VisitorView view;
  private final long now;
  private final Choice[] choices;
  private final double[] standings;
  private final List<List<Constraint.Member>> barred = new ArrayList<>();

  PageDeliberation(DecisionPlan plan, List<String> keys, Basis basis, VisitorView view, long now) {
    this.plan = plan;
    this.keys = keys;
    this.basis = basis;
    this.view = view;
    this.now = now;
    this.choices = new Choice[keys.size()];
    this.standings = new double[keys.size()];
  }

  Choice[] choose() {
    for (int i = 0; i < choices.length; i++) {
      barred.add(new ArrayList<>());
      decide(i);
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (var constraint : plan.constraints()) {
        changed |= constraint.schedule().contains(now) && settle(constraint);
      }
    }
    for (var constraint : plan.constraints()) {
      if (constraint.schedule().contains(now)) {
        weighDraws(constraint);
      }
    }
    return choices;
  }

  /**
   * Where one component shows a variant of a constraint, those behind it could not show theirs,
   * whatever they drew: their chances are those among the rest. What they drew stays, since lots
   * are the same whoever else takes part.
   */
  private void weighDraws(Constraint constraint) {
    int keeper = keeper(constraint);
    for (int i = 0; keeper >= 0 && i < choices.length; i++) {
      boolean behind = standings[i] < standings[keeper] || (i > keeper && equal(i, keeper));
      if (behind && choices[i].draw() != null && !keys.get(i).equals(keys.get(keeper))) {
        var own = constraint.members(keys.get(i));
        own.removeAll(barred.get(i));
        if (!own.isEmpty()) {
          barred.get(i).addAll(own);
          decide(i);
        }
      }
    }
  }

  private boolean equal(int one, int other) {
    return Double.compare(standings[one], standings[other]) == 0;
  }

  private void decide(int index) {
    standings[index] = Double.NEGATIVE_INFINITY;
    var component = plan.component(keys.get(index));
    if (component == null) {
      choices[index] = DecisionEngine.unknown(keys.get(index));
    } else if (basis.mode() == Mode.HOLDOUT) {
      choices[index] = DecisionEngine.baseline(component, basis, now, barred.get(index));
    } else {
      choices[index] = deliberate(component, index);
    }
  }

  private Choice deliberate(Component component, int index) {
    try {
      var deliberation = new Deliberation(component, basis.why(), view, now);
      for (var member : barred.get(index)) {
        deliberation.bar(member.variant().number(), member.why());
      }
      var choice = deliberation.choose();
      standings[index] = deliberation.standing();
      return choice;
    } catch (RuntimeException e) {
      Reason why = Deliberation.failed("component", component.key(), e);
      return DecisionEngine.none(component.key(), why);
    }
  }

  /** Whether a choice had to be made again. */
  private boolean settle(Constraint constraint) {
    int keeper = keeper(constraint);
    boolean changed = false;
    for (int i = 0; keeper >= 0 && i < choices.length; i++) {
      var member = shown(constraint, i);
      boolean clashes = member != null && !keys.get(i).equals(keys.get(keeper));
      if (clashes && !barred.get(i).contains(member)) {
        barred.get(i).add(member);
        decide(i);
        changed = true;
      }
    }
    return changed;
  }

  private int keeper(Constraint constraint) {
    int keeper = -1;
    for (int i = 0; i < choices.length; i++) {
      boolean better = keeper < 0 || standings[i] > standings[keeper];
      if (better && shown(constraint, i) != null) {
        keeper = i;
      }
    }
    return keeper;
  }

  private Constraint.@Nullable Member shown(Constraint constraint, int index) {
    return constraint.shown(keys.get(index), choices[index].variant());
  }
}
