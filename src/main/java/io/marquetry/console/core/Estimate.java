package io.marquetry.console.core;

/**
 * How many of a population something holds for, going by a sample drawn without putting back.
 *
 * <p>The interval is Wilson's score interval at 95 %, corrected for counts being whole, narrowed
 * for a sample that is a good part of the population, and no wider than what was seen allows. Where
 * of some of the sample it is not known whether it holds, it reaches from what came out were it for
 * none of them to what came out were it for all.
 *
 * @param low no fewer, most likely
 * @param high no more, most likely
 */
public record Estimate(long estimate, long low, long high) {
  private static final double Z = 1.959964;

  /**
   * Estimates.
   *
   * @param surely for how many of the sample it holds for certain
   * @param holding for how many it holds by what is known
   * @param possibly for how many it may hold
   */
  public static Estimate of(long population, long tried, long surely, long holding, long possibly) {
    if (tried == 0) {
      return new Estimate(0, 0, population);
    }
    return new Estimate(
        Math.round((double) population * holding / tried),
        Math.max(surely, (long) Math.ceil(bound(population, tried, surely, -1) - 1e-9)),
        Math.min(
            population - (tried - possibly),
            (long) Math.floor(bound(population, tried, possibly, 1) + 1e-9)));
  }

  /** Wilson's bound to one side, in members of the population. */
  private static double bound(long population, long tried, long holding, int side) {
    double share = Math.clamp((holding + side * 0.5) / tried, 0, 1);
    double left =
        population > 1 ? Math.max(0, (double) (population - tried) / (population - 1)) : 0;
    double z2 = Z * Z * left;
    double centre = share + z2 / (2 * tried);
    double half = Math.sqrt(z2 * (share * (1 - share) / tried + z2 / (4.0 * tried * tried)));
    return population * (centre + side * half) / (1 + z2 / tried);
  }
}
