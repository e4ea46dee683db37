package io.marquetry.decisioning.core;

import io.marquetry.kit.Id128;
import java.util.List;

/**
 * Draws one of several arms for a visitor, each with the probability that its share says.
 *
 * <p>Design note: the arms run a race (weighted rendezvous hashing). An arm's time is exponential
 * with its share as rate, made from a hash of the visitor and the arm; the first one wins, which
 * each does with the probability share / sum of shares. So lots are remembered nowhere and yet
 * stay: where an arm is taken out only its own visitors move, and where shares change only as many
 * as must. Times are worked out by {@link StrictMath}, the same on every machine.
 */
final class Lots {
  private final Assignment[] races;

  /**
   * @param key of what is drawn for; another key gives lots that have nothing to do with these
   * @param arms an arm has the same lots in whatever place it stands
   */
  Lots(String key, List<String> arms) {
    races = arms.stream().map(arm -> new Assignment(key + "/" + arm)).toArray(Assignment[]::new);
  }

  /**
   * The arm that a visitor draws.
   *
   * @param shares of the arms, at least 0
   * @param eligible a bit for each arm that takes part
   * @return -1 where none that takes part has a share
   */
  int draw(Id128 unit, double[] shares, long eligible) {
    int winner = -1;
    double first = Double.POSITIVE_INFINITY;
    for (int arm = 0; arm < races.length; arm++) {
      if ((eligible & (1L << arm)) != 0 && shares[arm] > 0) {
        double time = -StrictMath.log(races[arm].openLot(unit)) / shares[arm];
        if (winner < 0 || time < first) {
          winner = arm;
          first = time;
        }
      }
    }
    return winner;
  }
}
