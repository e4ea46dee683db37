package io.marquetry.experimentation.core;

/**
 * What is known of a number of exposures: how many, the sum of their rewards and of their squares.
 * Numbers need not be whole, since what is old counts less.
 */
public record Tally(double count, double sum, double squares) {
  public static final Tally NONE = new Tally(0, 0, 0);

  /** Successes among exposures. */
  public static Tally of(double count, double successes) {
    return new Tally(count, successes, successes);
  }

  public Tally plus(Tally other) {
    return new Tally(count + other.count, sum + other.sum, squares + other.squares);
  }

  public Tally minus(Tally other) {
    return new Tally(count - other.count, sum - other.sum, squares - other.squares);
  }

  public Tally times(double weight) {
    return new Tally(count * weight, sum * weight, squares * weight);
  }

  /** The mean reward; 0 where there was no exposure. */
  public double mean() {
    return count > 0 ? sum / count : 0;
  }

  /** The variance of a single reward, as far as these show. */
  double variance() {
    return count > 1 ? Math.max(0, squares / count - mean() * mean()) * count / (count - 1) : 0;
  }
}
