package io.marquetry.experimentation.core;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether arms come as often as lots say they should, told while it goes on.
 *
 * <p>Design note: for each arm and each of some factors a bet is held that this arm comes by that
 * factor more or less often than its propensity says. A bet grows by the likelihood ratio of what
 * came; where propensities are right none grows in the mean, whatever the tables were and however
 * often one looks. So all of it together, begun with one, ever comes to {@value #ALARM} with a
 * chance of at most one in {@value #ALARM} (Ville). A part of the stake is held back for every
 * later look, so that a fault that begins late is found too. Propensities may be others for every
 * visitor, which is why counts are not compared table by table: those of one epoch are few.
 *
 * <p>Only lots that are independent may be counted: those of visitors seen for the first time.
 *
 * @param looks batches seen so far
 * @param arms by key
 */
public record ShareCheck(long looks, Map<String, Arm> arms) {
  static final double ALARM = 1_000;
  public static final ShareCheck NONE = new ShareCheck(0, Map.of());

  private static final double[] FACTORS = {0.5, 0.8, 0.9, 0.95, 1 / 0.95, 1 / 0.9, 1.25, 2};
  private static final double MOST_STAKE = 1e12;

  public ShareCheck {
    arms = Collections.unmodifiableMap(new LinkedHashMap<>(arms));
  }

  /**
   * How an arm came, against how it should have.
   *
   * @param bets what each bet on it has grown to
   */
  public record Arm(double shown, double expected, List<Double> bets) {
    public Arm {
      bets = List.copyOf(bets);
    }

    static final Arm NONE = new Arm(0, 0, Collections.nCopies(FACTORS.length, 0.0));
  }

  /**
   * Visitors who had the same chances.
   *
   * @param chances of every arm that could be shown, by key; they add up to 1
   * @param shown how many saw it, by arm
   */
  public record Lots(Map<String, Double> chances, Map<String, Long> shown) {
    public Lots {
      chances = Map.copyOf(chances);
      shown = Map.copyOf(shown);
    }

    long all() {
      return shown.values().stream().mapToLong(count -> count).sum();
    }
  }

  /** After one more batch; the same where it is empty. */
  public ShareCheck after(List<Lots> batch) {
    if (batch.isEmpty()) {
      return this;
    }
    double stake = 1.0 / ((looks + 1.0) * (looks + 2.0));
    var next = new LinkedHashMap<>(arms);
    for (var lots : batch) {
      lots.chances().keySet().forEach(arm -> next.putIfAbsent(arm, Arm.NONE));
    }
    next.replaceAll((key, arm) -> after(key, arm, stake, batch));
    return new ShareCheck(looks + 1, next);
  }

  private static Arm after(String key, Arm arm, double stake, List<Lots> batch) {
    double shown = arm.shown();
    double expected = arm.expected();
    var bets = new Double[FACTORS.length];
    var logs = new double[FACTORS.length];
    for (var lots : batch) {
      double chance = lots.chances().getOrDefault(key, 0.0);
      long came = lots.shown().getOrDefault(key, 0L);
      long all = lots.all();
      shown += came;
      expected += all * chance;
      for (int i = 0; i < FACTORS.length; i++) {
        logs[i] += came * Math.log(FACTORS[i]) - all * Math.log1p(chance * (FACTORS[i] - 1));
      }
    }
    for (int i = 0; i < FACTORS.length; i++) {
      double grown = Math.log(arm.bets().get(i) + stake) + logs[i];
      bets[i] = Math.exp(Math.min(grown, Math.log(MOST_STAKE)));
    }
    return new Arm(shown, expected, List.of(bets));
  }

  /**
   * What all bets and what is held back come to; 1 where nothing was seen. An arm that was seen
   * later than others begins with nothing, which only makes it less.
   */
  public double evidence() {
    double bets = 0;
    for (var arm : arms.values()) {
      bets += arm.bets().stream().mapToDouble(bet -> bet).sum();
    }
    double mean = arms.isEmpty() ? 0 : bets / (arms.size() * FACTORS.length);
    return mean + 1 / (looks + 1.0);
  }

  /** Whether what came can no longer be put down to chance. */
  public boolean isAlarm() {
    return evidence() >= ALARM;
  }

  /** In words, which arm it is most likely about; of those alike the first by its key. */
  public String text() {
    return arms.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .max(Comparator.comparingDouble(one -> Collections.max(one.getValue().bets())))
        .map(
            one ->
                "“%s” came %.0f times where its lots say %.0f"
                    .formatted(one.getKey(), one.getValue().shown(), one.getValue().expected()))
        .orElse("");
  }
}
