package io.marquetry.experimentation.core;

/**
 * What several groups have in common, by DerSimonian and Laird: each group's true mean is drawn
 * from a normal distribution, and its estimate from one around that.
 *
 * @param mean of the groups
 * @param between variance of the groups' true means
 * @param variance of {@code mean} itself
 * @param heterogeneity Cochran's Q
 */
public record Pooled(double mean, double between, double variance, double heterogeneity) {

  /**
   * Of at least one group.
   *
   * @param means of the groups
   * @param variances of those means, each more than 0
   */
  public static Pooled of(double[] means, double[] variances) {
    double weights = 0;
    double squares = 0;
    double sum = 0;
    for (int i = 0; i < means.length; i++) {
      double weight = 1 / variances[i];
      weights += weight;
      squares += weight * weight;
      sum += weight * means[i];
    }
    double fixed = sum / weights;
    double q = 0;
    for (int i = 0; i < means.length; i++) {
      q += (means[i] - fixed) * (means[i] - fixed) / variances[i];
    }
    double scale = weights - squares / weights;
    double between = scale > 0 ? Math.max(0, (q - (means.length - 1)) / scale) : 0;
    return with(means, variances, between, q);
  }

  /** The same where the variance between groups is known from elsewhere. */
  static Pooled with(double[] means, double[] variances, double between, double q) {
    double weights = 0;
    double sum = 0;
    for (int i = 0; i < means.length; i++) {
      double weight = 1 / (variances[i] + between);
      weights += weight;
      sum += weight * means[i];
    }
    return new Pooled(sum / weights, between, 1 / weights, q);
  }

  /** A group's mean, drawn towards what the groups have in common. */
  public double shrunk(double groupMean, double groupVariance) {
    return (between * groupMean + groupVariance * mean) / (between + groupVariance);
  }
}
