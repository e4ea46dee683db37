package io.marquetry.experimentation.core;

/** Ways to divide the whole among arms. */
public final class Shares {
  private Shares() {}

  public static double[] even(int arms) {
    var shares = new double[arms];
    java.util.Arrays.fill(shares, 1.0 / arms);
    return shares;
  }

  /**
   * Gives every arm a floor and divides what is left as wished: added, not clipped, so that the
   * order of the arms stays and nothing has to be normalized again.
   *
   * @param floor of each arm; all floors together less than 1
   */
  public static double[] floored(double[] wished, double floor) {
    var shares = new double[wished.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = floor + (1 - wished.length * floor) * wished[i];
    }
    return shares;
  }

  /**
   * Goes from one division towards another, so far that no arm's share changes by more than {@code
   * most}. Between two divisions that keep a floor every step keeps it too.
   */
  public static double[] towards(double[] from, double[] to, double most) {
    double widest = 0;
    for (int i = 0; i < from.length; i++) {
      widest = Math.max(widest, Math.abs(to[i] - from[i]));
    }
    double part = widest > most ? most / widest : 1;
    var shares = new double[from.length];
    for (int i = 0; i < from.length; i++) {
      shares[i] = part == 1 ? to[i] : from[i] + part * (to[i] - from[i]);
    }
    return shares;
  }
}
