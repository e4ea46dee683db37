package io.marquetry.experimentation.core;

import io.marquetry.bandit.BanditSpec;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bandit that is at work: a strategy, and where it stands.
 *
 * @param key what its exposures and tables are found by
 * @param reported whether a caller showed what they asked for only once they say so
 */
public record Bandit(String key, String component, BanditSpec spec, boolean reported) {

  /** The variants it divides visitors among. */
  public List<String> arms() {
    return spec.arms();
  }

  /**
   * Every bandit of a catalogue, by key.
   *
   * @param problems takes what is left out, and why
   */
  public static Map<String, Bandit> of(Catalogue catalogue, List<String> problems) {
    var bandits = new LinkedHashMap<String, Bandit>();
    var reported = new HashSet<String>();
    for (var component : catalogue.all(Kind.COMPONENT)) {
      var key = component.key();
      if ("reported".equals(component.body().get("exposure"))) {
        reported.add(key);
      }
      var strategy = component.body().get("strategy");
      add(bandits, key, key, strategy, reported.contains(key), problems);
    }
    for (var rule : catalogue.all(Kind.RULE)) {
      var component = String.valueOf(rule.body().get("component"));
      if (rule.body().get("then") instanceof Map<?, ?> then) {
        var key = component + "#" + rule.key();
        boolean toBeSaid = reported.contains(component);
        add(bandits, key, component, then.get("strategy"), toBeSaid, problems);
      }
    }
    return bandits;
  }

  private static void add(
      Map<String, Bandit> bandits,
      String place,
      String component,
      @Nullable Object strategy,
      boolean reported,
      List<String> problems) {
    if (!BanditSpec.is(strategy) || !(strategy instanceof Map<?, ?> body)) {
      return;
    }
    try {
      var spec = BanditSpec.parse(body);
      var key = spec.key() == null ? place : spec.key();
      if (bandits.putIfAbsent(key, new Bandit(key, component, spec, reported)) != null) {
        throw new IllegalArgumentException("key: " + key + " is that of another bandit");
      }
    } catch (IllegalArgumentException e) {
      problems.add("the bandit of " + place + ": " + e.getMessage());
    }
  }

  /** Whether a table divides among the same arms and visitors as this does. */
  public boolean fits(AllocationTable table) {
    return table.arms().equals(arms())
        && table.rows().stream()
            .map(row -> new Context(row.segments()))
            .toList()
            .equals(Context.of(spec));
  }
}
