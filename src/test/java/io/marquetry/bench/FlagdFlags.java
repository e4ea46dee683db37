package io.marquetry.bench;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A catalogue in the words of flagd: a flag for each component, whose targeting takes the first
 * rule that holds and shows what may be shown, then divides visitors among the arms of a bandit as
 * its table says, or goes down the chain of fallbacks.
 *
 * <p>Knows what {@link DecisionBench} uses of rules and conditions, and nothing else.
 */
final class FlagdFlags {
  private static final String TARGETING = "if";

  private final Catalogue catalogue;
  private final List<AllocationTable> tables;

  private FlagdFlags(Catalogue catalogue, List<AllocationTable> tables) {
    this.catalogue = catalogue;
    this.tables = tables;
  }

  /** The flags by component, in order of {@code components}. */
  static Map<String, Object> of(
      Catalogue catalogue, List<AllocationTable> tables, List<String> components) {
    var translation = new FlagdFlags(catalogue, tables);
    var flags = new LinkedHashMap<String, Object>();
    components.forEach(component -> flags.put(component, translation.flag(component)));
    return flags;
  }

  private Map<String, Object> flag(String component) {
    var variants = new LinkedHashMap<String, Object>();
    for (var variant : catalogue.all(Kind.VARIANT)) {
      if (variant.key().startsWith(component + "/")) {
        var key = variant.key().substring(component.length() + 1);
        variants.put(key, key);
      }
    }
    return Map.of(
        "state",
        "ENABLED",
        "variants",
        variants,
        "defaultVariant",
        variants.keySet().iterator().next(),
        "targeting",
        targeting(component));
  }

  private Map<String, Object> targeting(String component) {
    var steps = new ArrayList<>();
    catalogue.all(Kind.RULE).stream()
        .filter(rule -> component.equals(rule.body().get("component")))
        .sorted(
            Comparator.comparing(FlagdFlags::priority).reversed().thenComparing(Definition::key))
        .forEach(
            rule -> {
              var shown = (String) member(member(rule.body(), "then"), "show");
              var all = new ArrayList<>(List.of(condition(member(rule.body(), "when"))));
              all.addAll(requirements(component, shown));
              steps.add(Map.of("and", all));
              steps.add(shown);
            });
    tables.stream()
        .filter(table -> table.bandit().equals(component))
        .findFirst()
        .ifPresentOrElse(table -> steps.add(drawn(table)), () -> steps.addAll(fallback(component)));
    return Map.of(TARGETING, steps);
  }

  private static int priority(Definition rule) {
    return (Integer) rule.body().getOrDefault("priority", 0);
  }

  private List<Object> fallback(String component) {
    var steps = new ArrayList<>();
    var chain = (List<?>) member(definition(Kind.COMPONENT, component).body(), "fallback");
    for (var variant : chain) {
      var required = requirements(component, (String) variant);
      if (required.isEmpty()) {
        steps.add(variant);
        return steps;
      }
      steps.add(Map.of("and", required));
      steps.add(variant);
    }
    return steps;
  }

  /** The shares of the first row that a visitor fits. */
  private Map<String, Object> drawn(AllocationTable table) {
    var steps = new ArrayList<>();
    for (var row : table.rows()) {
      if (!row.segments().isEmpty()) {
        steps.add(Map.of("and", row.segments().stream().map(FlagdFlags::inSegment).toList()));
      }
      steps.add(drawn(table, row, 0, List.of()));
    }
    return Map.of(TARGETING, steps);
  }

  /** Asks of one arm after the other whether it may be shown, and then draws among those. */
  private Object drawn(
      AllocationTable table, AllocationRow row, int arm, List<List<Object>> among) {
    if (arm == table.arms().size()) {
      return among.size() == 1 ? among.getFirst().getFirst() : Map.of("fractional", among);
    }
    var variant = table.arms().get(arm);
    var more = new ArrayList<>(among);
    more.add(List.of(variant, Math.round(row.probabilities().get(arm) * 100)));
    var with = drawn(table, row, arm + 1, more);
    var required = requirements(table.bandit(), variant);
    return required.isEmpty()
        ? with
        : Map.of(
            TARGETING, List.of(Map.of("and", required), with, drawn(table, row, arm + 1, among)));
  }

  /** What must hold for a variant to be shown; empty for nothing. */
  private List<Object> requirements(String component, String variant) {
    var body = definition(Kind.VARIANT, component + "/" + variant).body();
    var all = new ArrayList<>();
    if (body.containsKey("when")) {
      all.add(condition(member(body, "when")));
    }
    if (body.get("requires") instanceof List<?> fields) {
      fields.forEach(field -> all.add(Map.of("!!", field((String) field))));
    }
    return all;
  }

  private Definition definition(Kind kind, String key) {
    return catalogue.all(kind).stream()
        .filter(each -> each.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static Object condition(Object condition) {
    var all = new ArrayList<>();
    ((Map<?, ?>) condition).forEach((name, value) -> all.add(clause((String) name, value)));
    return all.size() == 1 ? all.getFirst() : Map.of("and", all);
  }

  private static Object clause(String name, Object value) {
    return switch (name) {
      case "$inSegment" -> inSegment((String) value);
      case "$and" -> Map.of("and", ((List<?>) value).stream().map(FlagdFlags::condition).toList());
      default ->
          value instanceof Map
              ? Map.of(">=", List.of(field(name), member(value, "$gte")))
              : Map.of("==", List.of(field(name), value));
    };
  }

  private static Object inSegment(String segment) {
    return Map.of("in", List.of(segment, field("segments")));
  }

  private static Object field(String path) {
    return Map.of("var", path);
  }

  private static Object member(Object map, String name) {
    return Objects.requireNonNull(((Map<?, ?>) map).get(name), name);
  }
}
