package io.marquetry.decisioning.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that decides, compiled once from one catalogue and shared by all decisions.
 *
 * <p>Definitions never change in it, but it remembers choices that were made: one event loop's own.
 *
 * <p>What does not compile is left out and listed: a rule that makes no sense is one rule less, and
 * its neighbours decide.
 */
public final class DecisionPlan {
  private final String version;
  private final Map<String, Component> components;
  private final List<Constraint> constraints;
  private final Map<String, Exposures.Watch> watched;
  private final Set<String> reported;
  private final Holdout holdout;
  private final List<Problem> problems;
  private final boolean asksModels;

  /**
   * A definition that was left out.
   *
   * @param definition kind and key, such as {@code rule enterprise-hero}
   * @param message what is wrong with it, with the path
   */
  public record Problem(String definition, String message) {}

  DecisionPlan(
      String version,
      Map<String, Component> components,
      Set<String> reported,
      List<Constraint> constraints,
      Holdout holdout,
      List<Problem> problems) {
    this.version = version;
    this.components = Map.copyOf(components);
    this.constraints = List.copyOf(constraints);
    this.reported = Set.copyOf(reported);
    this.watched = watched(components.values());
    this.holdout = holdout;
    this.problems = List.copyOf(problems);
    this.asksModels = components.values().stream().anyMatch(DecisionPlan::asksModels);
  }

  /** Compiles a catalogue; never fails. */
  public static DecisionPlan of(Catalogue catalogue) {
    return of(catalogue, List.of());
  }

  /** Compiles a catalogue with the tables by which its bandits choose; never fails. */
  public static DecisionPlan of(Catalogue catalogue, Collection<AllocationTable> tables) {
    return new PlanCompiler(catalogue, new Strategies(tables)).compile();
  }

  /** The content version of the catalogue. */
  public String version() {
    return version;
  }

  public Holdout holdout() {
    return holdout;
  }

  /** What was left out, and why. */
  public List<Problem> problems() {
    return problems;
  }

  /** The variants whose exposures have to be counted, as {@code component/variant}. */
  public Map<String, Exposures.Watch> watched() {
    return watched;
  }

  /** Components that were shown to whom asked for them only once that is reported. */
  public Set<String> reported() {
    return reported;
  }

  private static Map<String, Exposures.Watch> watched(Collection<Component> components) {
    var watched = new HashMap<String, Exposures.Watch>();
    for (var component : components) {
      for (var rule : component.rules()) {
        if (rule.effect() instanceof Effect.Limit limit) {
          var cap = limit.cap();
          var watch = new Exposures.Watch(cap.exposures(), cap.windowMillis());
          cap.variants().forEach(variant -> watched.merge(variant, watch, Exposures.Watch::and));
        }
      }
    }
    return Map.copyOf(watched);
  }

  /** Whether a strategy goes by the scores of a model. */
  public boolean asksModels() {
    return asksModels;
  }

  private static boolean asksModels(Component component) {
    if (component.strategy() instanceof ModelStrategy) {
      return true;
    }
    for (var rule : component.rules()) {
      if (rule.effect() instanceof ModelStrategy) {
        return true;
      }
    }
    return false;
  }

  List<Constraint> constraints() {
    return constraints;
  }

  @Nullable Component component(String key) {
    return components.get(key);
  }
}
