package io.marquetry.segmentation.core.computed;

/** Values as they are shown and compared: to four digits, so that both are the same. */
final class Rounded {
  private static final double DIGITS = 10_000;

  private Rounded() {}

  static double of(double value) {
    return Math.round(value * DIGITS) / DIGITS;
  }
}
