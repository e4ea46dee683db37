package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.ProfileView;
import io.marquetry.kit.Id128;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How arms share visitors, or those of some segments, and what drawing each of them comes to.
 *
 * <p>Outcomes are made once for each set of arms that may be shown, so that drawing makes nothing.
 */
final class Shares {
  private static final int MOST_SETS = 256;
  private static final int FEW_ARMS = 6;

  private final String kind;
  private final Draw whole;
  private final List<Variant> arms;
  private final double[] shares;
  private final double[] confidences;
  private final String[] segments;
  private final Lots lots;
  private final long everyone;
  private final @Nullable Outcome[] outcomes;
  private final @Nullable Outcome[] @Nullable [] few;
  private final Map<Long, @Nullable Outcome[]> partial = new HashMap<>();

  /**
   * What a draw comes to.
   *
   * @param why always the same object for the same draw
   * @param propensity the arm's share of those that took part
   */
  record Outcome(Variant variant, Reason why, Draw draw, double propensity, double confidence) {}

  /**
   * @param row shares and confidences of these arms, in their order
   */
  Shares(String kind, String key, long epoch, List<Variant> arms, AllocationRow row) {
    var keys = arms.stream().map(Variant::key).toList();
    this.kind = kind;
    this.arms = arms;
    this.whole = new Draw(key, epoch, row.segments(), keys, row.probabilities(), keys);
    this.shares = row.probabilities().stream().mapToDouble(share -> share).toArray();
    this.confidences = row.best().stream().mapToDouble(chance -> chance).toArray();
    this.segments = row.segments().toArray(String[]::new);
    this.lots = new Lots(key, keys);
    this.everyone = arms.size() == Long.SIZE ? -1 : (1L << arms.size()) - 1;
    this.outcomes = new Outcome[arms.size()];
    this.few = new Outcome[arms.size() <= FEW_ARMS ? 1 << arms.size() : 0][];
  }

  /** Whether a visitor is in all segments that these shares are for. */
  boolean fit(ProfileView view) {
    for (var segment : segments) {
      if (!view.inSegment(segment)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Draws for a visitor.
   *
   * @param eligible a bit for each arm that may be shown, at least one
   */
  Outcome draw(Id128 unit, long eligible) {
    int drawn = lots.draw(unit, shares, eligible);
    if (drawn < 0) {
      return outcome(lots.draw(unit, even(), eligible), eligible);
    }
    return outcome(drawn, eligible);
  }

  /** Where only arms without a share may be shown, they share alike. */
  private double[] even() {
    var even = new double[shares.length];
    Arrays.fill(even, 1);
    return even;
  }

  private Outcome outcome(int arm, long eligible) {
    var made = eligible == everyone ? outcomes : made(eligible);
    var outcome = made[arm];
    if (outcome == null) {
      outcome = make(arm, eligible);
      made[arm] = outcome;
    }
    return outcome;
  }

  /** What was made for a set of arms; where there are few arms it is found without a search. */
  private @Nullable Outcome[] made(long eligible) {
    boolean isFew = few.length > 0;
    var made = isFew ? few[(int) eligible] : partial.get(eligible);
    if (made == null) {
      made = new Outcome[arms.size()];
      if (isFew) {
        few[(int) eligible] = made;
      } else if (partial.size() < MOST_SETS) {
        partial.put(eligible, made);
      }
    }
    return made;
  }

  private Outcome make(int arm, long eligible) {
    var taking =
        IntStream.range(0, shares.length).filter(each -> (eligible & (1L << each)) != 0).toArray();
    double sum = Arrays.stream(taking).mapToDouble(each -> shares[each]).sum();
    double propensity = sum > 0 ? shares[arm] / sum : 1.0 / taking.length;
    var keys = Arrays.stream(taking).mapToObj(each -> arms.get(each).key()).toList();
    var draw =
        new Draw(
            whole.of(), whole.epoch(), whole.segments(), whole.arms(), whole.allocation(), keys);
    var variant = arms.get(arm);
    return new Outcome(variant, why(variant, propensity, keys), draw, propensity, confidences[arm]);
  }

  private Reason why(Variant variant, double propensity, List<String> taking) {
    var text =
        "%s “%s” drew “%s” for this visitor: a chance of %.1f %% among %d that may be shown"
            .formatted(kind, whole.of(), variant.key(), propensity * 100, taking.size());
    return new Reason(kind, whole.of(), text);
  }
}
