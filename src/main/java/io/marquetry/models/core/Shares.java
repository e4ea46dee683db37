package io.marquetry.models.core;

/** What a share of a sample says of the share it was drawn from. */
final class Shares {
  private static final double Z = 1.959963984540054;

  private Shares() {}

  /** The lower end of Wilson's 95 % interval of a share; 0 where there is no sample. */
  static double atLeast(long hits, long of) {
    if (of <= 0 || hits <= 0) {
      return 0;
    }
    double share = Math.min(1, (double) hits / of);
    double square = Z * Z / of;
    double centre = share + square / 2;
    double spread = Z * Math.sqrt(share * (1 - share) / of + square / (4 * of));
    return Math.clamp((centre - spread) / (1 + square), 0, 1);
  }
}
