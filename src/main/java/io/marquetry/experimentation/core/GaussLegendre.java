package io.marquetry.experimentation.core;

/** Nodes and weights of Gauss–Legendre quadrature on -1 to 1, by Newton's method. */
final class GaussLegendre {
  private static final double PRECISE = 1e-16;
  private static final int MOST_STEPS = 100;

  final double[] nodes;
  final double[] weights;

  GaussLegendre(int order) {
    nodes = new double[order];
    weights = new double[order];
    for (int i = 0; i < order; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (order + 0.5));
      double slope = 1;
      for (int step = 0; step < MOST_STEPS; step++) {
        double before = 1;
        double value = x;
        for (int k = 2; k <= order; k++) {
          double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
          before = value;
          value = next;
        }
        slope = order * (x * value - before) / (x * x - 1);
        double change = value / slope;
        x -= change;
        if (Math.abs(change) < PRECISE) {
          break;
        }
      }
      nodes[i] = x;
      weights[i] = 2 / ((1 - x * x) * slope * slope);
    }
  }
}
