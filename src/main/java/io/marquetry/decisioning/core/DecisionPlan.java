package io.marquetry.decisioning.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that decides, compiled from one catalogue; immutable.
 *
 * <p>What does not compile is left out and listed: a rule that makes no sense is one rule less, and
 * its neighbours decide.
 */
public final class DecisionPlan {
  private final String version;
  private final Map<String, Component> components;
  private final Holdout holdout;
  private final List<Problem> problems;

  /**
   * A definition that was left out.
   *
   * @param definition kind and key, such as {@code rule enterprise-hero}
   * @param message what is wrong with it, with the path
   */
  public record Problem(String definition, String message) {}

  DecisionPlan(
      String version, Map<String, Component> components, Holdout holdout, List<Problem> problems) {
    this.version = version;
    this.components = Map.copyOf(components);
    this.holdout = holdout;
    this.problems = List.copyOf(problems);
  }

  /** Compiles a catalogue; never fails. */
  public static DecisionPlan of(Catalogue catalogue) {
    return new PlanCompiler(catalogue).compile();
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

  @Nullable Component component(String key) {
    return components.get(key);
  }
}
