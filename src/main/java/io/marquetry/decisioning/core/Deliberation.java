package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Choosing one component's variant for one visitor: first by its rules, then by its own strategy,
 * then down its chain.
 *
 * <p>Rules are asked in order, and each finds what those before it left: variants taken out, and
 * factors by which variants were boosted.
 */
final class Deliberation {
  private final Component component;
  private final VisitorView view;
  private final long now;
  private Trace trace;
  private @Nullable Reason @Nullable [] barred;
  private double @Nullable [] boosts;
  private Reason inVain;
  private double standing = Double.NEGATIVE_INFINITY;

  Deliberation(Component component, @Nullable Reason first, VisitorView view, long now) {
    this.component = component;
    this.view = view;
    this.now = now;
    this.trace = first == null ? component.beginning() : component.beginning().then(first);
    this.inVain = component.noneOfStrategy();
  }

  /**
   * Takes a variant out.
   *
   * @param why made when the plan was
   */
  void bar(int variant, Reason why) {
    var bars = barred;
    if (bars == null) {
      bars = new Reason[component.variants().byKey().size()];
      barred = bars;
    }
    if (bars[variant] == null) {
      bars[variant] = why;
    }
  }

  private void barAll(List<Effect.Bar> bars) {
    for (int i = 0; i < bars.size(); i++) {
      bar(bars.get(i).variant(), bars.get(i).why());
    }
  }

  /** The priority of the rule that chose; less than any where none did. */
  double standing() {
    return standing;
  }

  Choice choose() {
    var rules = component.rules();
    for (var rule : rules) {
      var before = trace;
      try {
        var choice = rule.applies(view, now) ? apply(rule) : null;
        if (choice != null) {
          standing = rule.priority();
          return choice;
        }
      } catch (RuntimeException e) {
        trace = before.aside(failed("rule", rule.key(), e));
      }
    }
    var choice = byOwnStrategy();
    return choice != null ? choice : byChain();
  }

  /** By the component's own strategy, which stands behind the rules and before the chain. */
  private @Nullable Choice byOwnStrategy() {
    var strategy = component.strategy();
    if (strategy == null) {
      return null;
    }
    var before = trace;
    try {
      inVain = component.noneOfStrategy();
      var choice = choose(strategy);
      if (choice == null) {
        trace = before.then(inVain);
      }
      return choice;
    } catch (RuntimeException e) {
      trace = before.aside(failed("strategy", component.key(), e));
      return null;
    }
  }

  static Reason failed(String what, String key, RuntimeException e) {
    return new Reason(
        "error",
        key,
        what + " “" + key + "” failed and was passed over (" + e.getClass().getSimpleName() + ")");
  }

  private @Nullable Choice apply(Rule rule) {
    return switch (rule.effect()) {
      case Effect.Show(Variant variant) -> show(rule, variant);
      case Effect.Strategy strategy -> byStrategy(rule, strategy);
      case Effect.Exclude(List<Effect.Bar> bars, _) -> {
        barAll(bars);
        trace = rule.tell(trace, view);
        yield null;
      }
      case Effect.Boost(Map<Integer, Double> factors, _) -> {
        boost(factors);
        trace = rule.tell(trace, view);
        yield null;
      }
      case Effect.Limit limit -> {
        limit(rule, limit);
        yield null;
      }
    };
  }

  private @Nullable Choice show(Rule rule, Variant variant) {
    var obstacle = obstacle(variant);
    if (obstacle != null) {
      trace = rule.tellSkipped(trace, obstacle);
      return null;
    }
    return rule.tellSegments(rule.tell(trace, view), view)
        .choice(component.key(), variant.key(), "rule", -1);
  }

  private @Nullable Choice byStrategy(Rule rule, Effect.Strategy strategy) {
    var before = trace;
    trace = rule.tellSegments(rule.tell(trace, view), view);
    inVain = component.noneOfStrategy();
    var choice = choose(strategy);
    if (choice == null) {
      trace = rule.tellSkipped(before, inVain);
    }
    return choice;
  }

  private @Nullable Choice choose(Effect.Strategy strategy) {
    return switch (strategy) {
      case Effect.FirstEligible(List<Variant> order) -> firstOf(order);
      case Lottery lottery -> draw(lottery);
      case ModelStrategy model -> byModel(model);
    };
  }

  private @Nullable Choice firstOf(List<Variant> order) {
    for (var variant : boosted(order)) {
      var obstacle = obstacle(variant);
      if (obstacle == null) {
        return variant
            .explain(view, trace, variant.firstOfOrder())
            .choice(component.key(), variant.key(), Effect.FirstEligible.KIND, -1);
      }
      trace = note(variant, obstacle);
    }
    return null;
  }

  private @Nullable Choice draw(Lottery lottery) {
    if (!lottery.admits(view.unit())) {
      inVain = lottery.outside();
      return null;
    }
    long eligible = eligible(lottery.arms());
    if (eligible == 0) {
      return null;
    }
    var drawn = lottery.shares(view).draw(view.unit(), eligible);
    return drawn
        .variant()
        .explain(view, trace, drawn.why())
        .choice(component.key(), lottery.kind(), drawn);
  }

  /** The scores may not be there, or not yet; see {@link Scores}. */
  private @Nullable Choice byModel(ModelStrategy strategy) {
    var scored = view.scored(strategy.need());
    var sure = scored == null ? List.<ScoredItem>of() : strategy.sure(scored);
    if (scored == null || sure.isEmpty()) {
      inVain = strategy.inVain(scored);
      return null;
    }
    var standIn = strategy.standIn(scored);
    trace = standIn == null ? trace : trace.then(standIn);
    return strategy.isList() ? list(strategy, sure) : ranked(strategy, sure);
  }

  private @Nullable Choice list(ModelStrategy strategy, List<ScoredItem> items) {
    var variant = strategy.arms().getFirst();
    if (obstacle(variant) != null) {
      return null;
    }
    var why = strategy.words().chosen().get(variant);
    return variant
        .explain(view, trace, why == null ? variant.firstOfOrder() : why)
        .choice(component.key(), variant.key(), strategy.kind(), items.getFirst(), items);
  }

  private @Nullable Choice ranked(ModelStrategy strategy, List<ScoredItem> ranking) {
    long eligible = eligible(strategy.arms());
    for (var item : ranking) {
      for (int i = 0; i < strategy.arms().size(); i++) {
        var variant = strategy.arms().get(i);
        if ((eligible & (1L << i)) != 0 && variant.key().equals(item.item())) {
          var why = strategy.words().chosen().get(variant);
          return variant
              .explain(view, trace, why == null ? variant.firstOfOrder() : why)
              .choice(component.key(), variant.key(), strategy.kind(), item, List.of());
        }
      }
    }
    return null;
  }

  /** A bit for each of these that may be shown; what stands in the way of the others is noted. */
  private long eligible(List<Variant> arms) {
    long eligible = 0;
    for (int i = 0; i < arms.size(); i++) {
      var obstacle = obstacle(arms.get(i));
      if (obstacle == null) {
        eligible |= 1L << i;
      } else {
        trace = note(arms.get(i), obstacle);
      }
    }
    return eligible;
  }

  private void boost(Map<Integer, Double> factors) {
    var all = boosts;
    if (all == null) {
      all = new double[component.variants().byKey().size()];
      Arrays.fill(all, 1);
      boosts = all;
    }
    for (var factor : factors.entrySet()) {
      all[factor.getKey()] *= factor.getValue();
    }
  }

  private void limit(Rule rule, Effect.Limit limit) {
    int shown = view.shown(limit.cap(), now);
    if (shown < 0 || shown >= limit.cap().exposures()) {
      barAll(shown < 0 ? limit.uncounted() : limit.enough());
      trace = rule.tell(trace, view);
    }
  }

  /** What stands in the way of a variant; null where nothing does. */
  private @Nullable Reason obstacle(Variant variant) {
    var bar = barred == null ? null : barred[variant.number()];
    if (bar != null) {
      return bar;
    }
    try {
      return variant.obstacle(view, now);
    } catch (RuntimeException e) {
      return failed("variant", variant.key(), e);
    }
  }

  private Trace note(Variant variant, Reason obstacle) {
    boolean isBar = barred != null && barred[variant.number()] != null;
    return isBar || variant.isShared(obstacle) ? trace.then(obstacle) : trace.aside(obstacle);
  }

  private Choice byChain() {
    if (boosts != null) {
      return byBoostedChain();
    }
    for (int i = 0; i < component.steps(); i++) {
      var variant = component.step(i);
      if (variant == null) {
        trace = trace.then(component.undefined(i));
        continue;
      }
      var obstacle = obstacle(variant);
      if (obstacle == null) {
        return chained(variant, i);
      }
      trace = note(variant, obstacle);
    }
    return nothing();
  }

  private Choice chained(Variant variant, int step) {
    return variant
        .explain(view, trace, variant.firstOfChain())
        .choice(component.key(), variant.key(), "fallback", step);
  }

  private Choice nothing() {
    return trace.then(component.nothingFits()).choice(component.key(), null, "none", -1);
  }

  /** The chain, and before it whoever was boosted into it. */
  private Choice byBoostedChain() {
    var variants = component.variants();
    var candidates = new ArrayList<>(variants.chain());
    for (var variant : variants.byKey().values()) {
      if (factor(variant) > 1 && !candidates.contains(variant)) {
        candidates.add(variant);
      }
    }
    for (var variant : boosted(candidates)) {
      var obstacle = obstacle(variant);
      if (obstacle == null) {
        return chained(variant, variants.steps().indexOf(variant.key()));
      }
      trace = note(variant, obstacle);
    }
    return nothing();
  }

  private double factor(Variant variant) {
    return boosts == null ? 1 : boosts[variant.number()];
  }

  /** In order of their factors, those with the same factor as they were. */
  private List<Variant> boosted(List<Variant> order) {
    return boosts == null
        ? order
        : order.stream()
            .sorted((one, other) -> Double.compare(factor(other), factor(one)))
            .toList();
  }
}
