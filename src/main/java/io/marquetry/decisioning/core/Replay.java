package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisionLogMessage.Counterfactual;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides again what the decision log says was decided, from nothing but the log and definitions.
 *
 * <p>Design note: a decision depends on its plan, its moment, the signals it read and the visitor's
 * lots. Lots follow from the id they are drawn for, and all else is in the record; what a decision
 * did not read it cannot depend on, so the same definitions give the same choices down to the texts
 * of their reasons. By other definitions more may be asked than was read then; that is named.
 *
 * <p>Not thread-safe.
 */
public final class Replay {
  private final VisitorView view = new VisitorView();

  /**
   * What comes of deciding again.
   *
   * @param unknown what was asked that the log does not know, since nothing read it then
   */
  public record Again(List<Choice> choices, List<String> unknown) {}

  /**
   * Why a record does not hold all that its decision rested on; null where it does.
   *
   * <p>Without consent no more of a request may be kept than singles nobody out, and whoever
   * withdraws consent is taken out of the log.
   */
  public static @Nullable String obstacle(DecisionRecord record) {
    if (record.mode() != Mode.CONTEXTUAL && record.profile() == null) {
      return "the visitor withdrew their consent, and what was known of them is gone";
    }
    return record.signals().get(Signals.WITHHELD) instanceof List<?> paths
        ? "without consent the request's " + paths + " could not be kept"
        : null;
  }

  /** The tables by which the bandits of a decision chose, as far as they did. */
  public static List<AllocationTable> tables(DecisionRecord record) {
    var tables = new ArrayList<AllocationTable>();
    for (var choice : record.choices()) {
      var draw = choice.draw();
      if (draw != null && choice.strategy().equals(Lottery.BANDIT)) {
        var row = new AllocationRow(draw.segments(), draw.allocation(), best(choice, draw));
        tables.add(new AllocationTable(draw.of(), draw.epoch(), draw.arms(), List.of(row)));
      }
    }
    return tables;
  }

  private static List<Double> best(Choice choice, Draw draw) {
    return draw.arms().stream()
        .map(arm -> arm.equals(choice.variant()) ? choice.confidence() : 0.0)
        .toList();
  }

  /**
   * Decides again by the definitions that decided.
   *
   * @param plan of these definitions, with {@link #tables}
   */
  public List<Choice> decide(DecisionPlan plan, DecisionRecord record) {
    return decide(plan, record, new Recalled(record.signals()));
  }

  /**
   * What other definitions would have decided then.
   *
   * @param then the definitions that decided
   * @param other those to decide by now
   */
  public Again decide(DecisionPlan then, DecisionPlan other, DecisionRecord record) {
    var before = new Recalled(record.signals());
    decide(then, record, before);
    var now = new Recalled(record.signals());
    var choices = decide(other, record, now);
    var unknown = new ArrayList<>(now.missed());
    unknown.removeAll(before.missed());
    return new Again(choices, unknown);
  }

  private List<Choice> decide(DecisionPlan plan, DecisionRecord record, Recalled recalled) {
    view.recall(recalled, unit(record), record.mode() == Mode.PERSONALIZED);
    var components = record.choices().stream().map(Choice::component).toList();
    return DecisionEngine.decide(plan, components, basis(record), view, record.at());
  }

  /** For whom lots were drawn: the visitor, or where nobody is known the decision itself. */
  private static Id128 unit(DecisionRecord record) {
    var profile = record.profile();
    if (profile == null) {
      return record.decision();
    }
    return record.signals().get(Signals.UNIT) instanceof String unit && Id128.isId(unit)
        ? Id128.parse(unit)
        : profile;
  }

  private static Basis basis(DecisionRecord record) {
    return switch (record.mode()) {
      case PERSONALIZED -> Basis.PROFILE;
      case HOLDOUT -> Basis.HELD_OUT;
      case CONTEXTUAL -> contextual(record);
    };
  }

  /** Its reason stands first with every component that there is. */
  private static Basis contextual(DecisionRecord record) {
    for (var choice : record.choices()) {
      for (var basis : Basis.CONTEXTUAL) {
        if (!choice.reasons().isEmpty()
            && Objects.equals(choice.reasons().getFirst(), basis.why())) {
          return basis;
        }
      }
    }
    return Basis.NO_CONSENT;
  }

  /**
   * For each component, what it would show without some signals: none of those named can be left
   * out of the reckoning. No signal is named where it shows the same to whomever.
   *
   * @param plan of the definitions that decided, with {@link #tables}
   */
  public List<Counterfactual> counterfactuals(DecisionPlan plan, DecisionRecord record) {
    var found = new ArrayList<Counterfactual>();
    for (int i = 0; i < record.choices().size(); i++) {
      found.add(counterfactual(plan, record, i));
    }
    return found;
  }

  private Counterfactual counterfactual(DecisionPlan plan, DecisionRecord record, int index) {
    var shown = record.choices().get(index);
    var all = new Recalled(record.signals()).names();
    for (var one : all) {
      var instead = without(plan, record, index, Set.of(one));
      if (!Objects.equals(instead, shown.variant())) {
        return new Counterfactual(shown.component(), List.of(one), instead);
      }
    }
    if (Objects.equals(without(plan, record, index, Set.copyOf(all)), shown.variant())) {
      return new Counterfactual(shown.component(), List.of(), shown.variant());
    }
    return fewest(plan, record, index, all);
  }

  /** From all signals, takes back one after the other as long as the choice stays another. */
  private Counterfactual fewest(
      DecisionPlan plan, DecisionRecord record, int index, List<String> all) {
    var shown = record.choices().get(index);
    var removed = new ArrayList<>(all);
    int before;
    do {
      before = removed.size();
      for (var one : List.copyOf(removed)) {
        var fewer = new ArrayList<>(removed);
        fewer.remove(one);
        if (!Objects.equals(without(plan, record, index, Set.copyOf(fewer)), shown.variant())) {
          removed = fewer;
        }
      }
    } while (removed.size() < before);
    var instead = without(plan, record, index, Set.copyOf(removed));
    return new Counterfactual(shown.component(), removed, instead);
  }

  /** What a component would have shown had some signals not been there. */
  @Nullable String without(
      DecisionPlan plan, DecisionRecord record, int index, Set<String> signals) {
    var recalled = new Recalled(record.signals()).without(signals);
    return decide(plan, record, recalled).get(index).variant();
  }
}
