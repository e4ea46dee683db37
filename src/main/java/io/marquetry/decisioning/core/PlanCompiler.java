package io.marquetry.decisioning.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.decisioning.core.DecisionPlan.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compiles one catalogue; each definition for itself, so that one that is wrong stays alone. */
final class PlanCompiler {
  private static final Comparator<Rule> ORDER =
      Comparator.comparingDouble(Rule::priority).reversed().thenComparing(Rule::key);

  private static final Variants NO_VARIANTS = new Variants(Map.of(), List.of(), 0);

  private final Catalogue catalogue;
  private final Strategies strategies;
  private final Map<String, String> segmentNames = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  PlanCompiler(Catalogue catalogue, Strategies strategies) {
    this.catalogue = catalogue;
    this.strategies = strategies;
  }

  DecisionPlan compile() {
    for (var segment : catalogue.all(Kind.SEGMENT)) {
      if (segment.body().get("name") instanceof String name) {
        segmentNames.put(segment.key(), name);
      }
    }
    var variants = variants();
    var rules = rules(variants);
    var components = new HashMap<String, Component>();
    var reported = new HashSet<String>();
    for (var definition : catalogue.all(Kind.COMPONENT)) {
      var key = definition.key();
      var own = variants.get(key);
      if (own != null) {
        var ownRules = rules.getOrDefault(key, List.of());
        components.put(key, new Component(key, own, ownRules, strategy(definition, own)));
        if ("reported".equals(definition.body().get("exposure"))) {
          reported.add(key);
        }
      }
    }
    return new DecisionPlan(
        catalogue.version(), components, reported, constraints(variants), holdout(), problems);
  }

  /** By component, for each component that makes sense. */
  private Map<String, Variants> variants() {
    var byComponent = new HashMap<String, Map<String, Variant>>();
    for (var definition : catalogue.all(Kind.VARIANT)) {
      int slash = definition.key().indexOf('/');
      var component = definition.key().substring(0, Math.max(slash, 0));
      var key = definition.key().substring(slash + 1);
      var own = byComponent.computeIfAbsent(component, first -> new HashMap<>());
      attempt(definition, () -> new Variant(own.size(), key, definition.body(), segmentNames))
          .forEach(variant -> own.put(key, variant));
    }
    var variants = new HashMap<String, Variants>();
    for (var definition : catalogue.all(Kind.COMPONENT)) {
      var own = byComponent.getOrDefault(definition.key(), Map.of());
      attempt(
              definition,
              () ->
                  new Variants(
                      own,
                      Bodies.texts("fallback", definition.body().get("fallback")),
                      definition.body().get("timeout") instanceof Number millis
                          ? millis.intValue()
                          : 0))
          .forEach(all -> variants.put(definition.key(), all));
    }
    return variants;
  }

  /** A strategy that makes no sense is one step less. */
  private Effect.@Nullable Strategy strategy(Definition component, Variants variants) {
    if (!(component.body().get("strategy") instanceof Map<?, ?> json)) {
      return null;
    }
    var parsed =
        attempt(component, () -> strategies.parse("strategy", component.key(), json, variants));
    return parsed.isEmpty() ? null : parsed.getFirst();
  }

  private static boolean isEnabled(Definition rule) {
    return !Boolean.FALSE.equals(rule.body().get("enabled"));
  }

  private static boolean isConstraint(Definition rule) {
    return "constraint".equals(rule.body().get("kind"));
  }

  private Map<String, List<Rule>> rules(Map<String, Variants> variants) {
    var byComponent = new HashMap<String, List<Rule>>();
    for (var definition : catalogue.all(Kind.RULE)) {
      if (isEnabled(definition) && !isConstraint(definition)) {
        attempt(definition, () -> rule(definition, variants))
            .forEach(
                rule ->
                    byComponent
                        .computeIfAbsent(
                            Bodies.text(definition.body(), "component"), first -> new ArrayList<>())
                        .add(rule));
      }
    }
    byComponent.values().forEach(rules -> rules.sort(ORDER));
    return byComponent;
  }

  private Rule rule(Definition definition, Map<String, Variants> variants) {
    var component = Bodies.text(definition.body(), "component");
    var own = variants.getOrDefault(component, NO_VARIANTS);
    return Rule.parse(definition.key(), definition.body(), own, segmentNames, strategies);
  }

  private List<Constraint> constraints(Map<String, Variants> variants) {
    var constraints = new ArrayList<Constraint>();
    for (var definition : catalogue.all(Kind.RULE)) {
      if (isEnabled(definition) && isConstraint(definition)) {
        constraints.addAll(
            attempt(
                definition, () -> Constraint.parse(definition.key(), definition.body(), variants)));
      }
    }
    return constraints;
  }

  private Holdout holdout() {
    for (var setting : catalogue.all(Kind.SETTING)) {
      if (setting.key().equals(Holdout.KEY)) {
        var parsed = attempt(setting, () -> Holdout.parse(setting.body()));
        return parsed.isEmpty() ? Holdout.NONE : parsed.getFirst();
      }
    }
    return Holdout.NONE;
  }

  /** One element where it compiled, none where it did not. */
  private <T> List<T> attempt(Definition definition, Supplier<T> compile) {
    try {
      return List.of(compile.get());
    } catch (RuntimeException e) {
      problems.add(
          new Problem(
              definition.kind().key() + " " + definition.key(), String.valueOf(e.getMessage())));
      return List.of();
    }
  }
}
