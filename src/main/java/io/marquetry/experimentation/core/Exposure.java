package io.marquetry.experimentation.core;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Reported;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * A visitor who was shown an arm by chance.
 *
 * @param at when it was shown, milliseconds since the epoch
 * @param due until when what they do may be its reward
 * @param epoch of the table they were shown it by
 * @param context key of the row of that table
 * @param propensity with which it was this arm
 * @param chances of the arms that could have been shown, by key
 */
public record Exposure(
    String bandit,
    String site,
    Id128 profile,
    long at,
    long due,
    Id128 decision,
    long epoch,
    String context,
    String arm,
    double propensity,
    Map<String, Double> chances) {
  public Exposure {
    chances = Map.copyOf(chances);
  }

  /** The arms that could have been shown. */
  public Set<String> eligible() {
    return chances.keySet();
  }

  /**
   * What can be learnt from a decision: the choices of bandits there are, for a visitor who is
   * known. Without a profile nothing that happens later can be told to be its reward.
   */
  public static List<Exposure> of(DecisionRecord decision, Map<String, Bandit> bandits) {
    return of(
        decision,
        decision.at(),
        (bandit, choice) -> decision.isAssembled() || !bandit.reported(),
        bandits);
  }

  /** What can be learnt from what a caller says they showed, where that has to be said. */
  public static List<Exposure> of(Reported told, Map<String, Bandit> bandits) {
    var decision = told.decision();
    return of(
        decision,
        told.at(),
        (bandit, choice) -> !decision.isAssembled() && bandit.reported() && told.holds(choice),
        bandits);
  }

  private static List<Exposure> of(
      DecisionRecord decision,
      long at,
      BiPredicate<Bandit, Choice> counts,
      Map<String, Bandit> bandits) {
    var profile = decision.profile();
    if (profile == null || bandits.isEmpty()) {
      return List.of();
    }
    var exposures = new ArrayList<Exposure>(1);
    for (var choice : decision.choices()) {
      var draw = choice.draw();
      var variant = choice.variant();
      var bandit = draw == null ? null : bandits.get(draw.of());
      if (draw == null
          || variant == null
          || bandit == null
          || !isDrawn(choice)
          || !counts.test(bandit, choice)) {
        continue;
      }
      exposures.add(
          new Exposure(
              bandit.key(),
              decision.site(),
              profile,
              at,
              at + bandit.spec().window(),
              decision.decision(),
              draw.epoch(),
              new Context(draw.segments()).key(),
              variant,
              choice.propensity(),
              chances(draw)));
    }
    return exposures;
  }

  /** What each arm's share comes to among those that could be shown. */
  private static Map<String, Double> chances(Draw draw) {
    var shares = new HashMap<String, Double>();
    double sum = 0;
    for (var arm : draw.eligible()) {
      int at = draw.arms().indexOf(arm);
      double share = at < 0 ? 0 : draw.allocation().get(at);
      shares.put(arm, share);
      sum += share;
    }
    double whole = sum;
    shares.replaceAll((arm, share) -> whole > 0 ? share / whole : 1.0 / shares.size());
    return shares;
  }

  private static boolean isDrawn(Choice choice) {
    return choice.strategy().equals("bandit") && choice.propensity() > 0;
  }
}
