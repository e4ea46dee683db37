package io.marquetry.decisioning.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.decisioning.core.DecisionPlan.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Compiles one catalogue; each definition for itself, so that one that is wrong stays alone. */
final class PlanCompiler {
  private static final Comparator<Rule> ORDER =
      Comparator.comparingDouble(Rule::priority).reversed().thenComparing(Rule::key);

  private final Catalogue catalogue;
  private final Map<String, String> segmentNames = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  PlanCompiler(Catalogue catalogue) {
    this.catalogue = catalogue;
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
    for (var component : catalogue.all(Kind.COMPONENT)) {
      attempt(component, () -> component(component, variants, rules))
          .forEach(compiled -> components.put(component.key(), compiled));
    }
    return new DecisionPlan(catalogue.version(), components, holdout(), problems);
  }

  private static Component component(
      Definition definition,
      Map<String, Map<String, Variant>> variants,
      Map<String, List<Rule>> rules) {
    var key = definition.key();
    return new Component(
        key,
        Bodies.texts("fallback", definition.body().get("fallback")),
        variants.getOrDefault(key, Map.of()),
        rules.getOrDefault(key, List.of()));
  }

  private Map<String, Map<String, Variant>> variants() {
    var byComponent = new HashMap<String, Map<String, Variant>>();
    for (var definition : catalogue.all(Kind.VARIANT)) {
      int slash = definition.key().indexOf('/');
      var component = definition.key().substring(0, Math.max(slash, 0));
      var key = definition.key().substring(slash + 1);
      attempt(definition, () -> new Variant(key, definition.body(), segmentNames))
          .forEach(
              variant ->
                  byComponent
                      .computeIfAbsent(component, first -> new HashMap<>())
                      .put(key, variant));
    }
    return byComponent;
  }

  private Map<String, List<Rule>> rules(Map<String, Map<String, Variant>> variants) {
    var byComponent = new HashMap<String, List<Rule>>();
    for (var definition : catalogue.all(Kind.RULE)) {
      if (!Boolean.FALSE.equals(definition.body().get("enabled"))) {
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

  private Rule rule(Definition definition, Map<String, Map<String, Variant>> variants) {
    var component = Bodies.text(definition.body(), "component");
    return Rule.parse(
        definition.key(),
        definition.body(),
        variants.getOrDefault(component, Map.of()),
        segmentNames);
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
