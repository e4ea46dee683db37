package io.marquetry.experimentation.core;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/**
 * Logistic regression with a normal prior, and Laplace's approximation of what is believed after
 * it: normal, around the most likely weights, as wide as the curve is flat there.
 *
 * <p>Design note: fitted anew from all that is known, since that is a few cells of counts and the
 * mode then is exact; updating weight by weight would drift.
 */
public final class LogisticFit {
  private static final int MOST_STEPS = 50;
  private static final double CLOSE = 1e-10;

  private final DMatrixRMaj weights;
  private final DMatrixRMaj covariance;

  private LogisticFit(DMatrixRMaj weights, DMatrixRMaj covariance) {
    this.weights = weights;
    this.covariance = covariance;
  }

  /** Exposures with the same features: how many, and how many were rewarded. */
  @SuppressWarnings("ArrayRecordComponent") // read by the fit, never kept
  public record Cell(double[] features, double count, double successes) {}

  /**
   * Fits.
   *
   * @param mean prior mean of each weight
   * @param precision prior precision of each weight, more than 0
   */
  public static LogisticFit of(List<Cell> cells, double[] mean, double[] precision) {
    int size = mean.length;
    var weights = new DMatrixRMaj(size, 1, true, mean.clone());
    var curvature = new DMatrixRMaj(size, size);
    var slope = new DMatrixRMaj(size, 1);
    var step = new DMatrixRMaj(size, 1);
    var solver = LinearSolverFactory_DDRM.chol(size);
    double loss = loss(cells, weights, mean, precision);
    for (int i = 0; i < MOST_STEPS; i++) {
      differentiate(cells, weights, mean, precision, slope, curvature);
      solver.setA(curvature.copy());
      solver.solve(slope, step);
      double next = descend(cells, weights, step, loss, mean, precision);
      double gained = loss - next;
      loss = next;
      if (gained < CLOSE * (1 + Math.abs(loss))) {
        break;
      }
    }
    differentiate(cells, weights, mean, precision, slope, curvature);
    solver.setA(curvature);
    var covariance = new DMatrixRMaj(size, size);
    solver.invert(covariance);
    return new LogisticFit(weights, covariance);
  }

  /** Takes the step, halved until it leads down. */
  private static double descend(
      List<Cell> cells,
      DMatrixRMaj weights,
      DMatrixRMaj step,
      double loss,
      double[] mean,
      double[] precision) {
    for (double part = 1; part > 1e-6; part /= 2) {
      CommonOps_DDRM.addEquals(weights, -part, step);
      double next = loss(cells, weights, mean, precision);
      if (next <= loss) {
        return next;
      }
      CommonOps_DDRM.addEquals(weights, part, step);
    }
    return loss;
  }

  private static double loss(
      List<Cell> cells, DMatrixRMaj weights, double[] mean, double[] precision) {
    double loss = 0;
    for (int i = 0; i < mean.length; i++) {
      double off = weights.get(i) - mean[i];
      loss += precision[i] * off * off / 2;
    }
    for (var cell : cells) {
      double score = score(weights, cell.features());
      double log = score > 0 ? score + Math.log1p(Math.exp(-score)) : Math.log1p(Math.exp(score));
      loss += cell.count() * log - cell.successes() * score;
    }
    return loss;
  }

  private static void differentiate(
      List<Cell> cells,
      DMatrixRMaj weights,
      double[] mean,
      double[] precision,
      DMatrixRMaj slope,
      DMatrixRMaj curvature) {
    int size = mean.length;
    curvature.zero();
    for (int i = 0; i < size; i++) {
      slope.set(i, precision[i] * (weights.get(i) - mean[i]));
      curvature.set(i, i, precision[i]);
    }
    for (var cell : cells) {
      var x = cell.features();
      double chance = 1 / (1 + Math.exp(-score(weights, x)));
      double off = cell.count() * chance - cell.successes();
      double bend = cell.count() * chance * (1 - chance);
      for (int i = 0; i < size; i++) {
        slope.add(i, 0, off * x[i]);
        for (int j = 0; j < size; j++) {
          curvature.add(i, j, bend * x[i] * x[j]);
        }
      }
    }
  }

  private static double score(DMatrixRMaj weights, double[] features) {
    double score = 0;
    for (int i = 0; i < features.length; i++) {
      score += weights.get(i) * features[i];
    }
    return score;
  }

  /** What is believed of the log-odds of a reward at these features. */
  public Belief at(double[] features) {
    double variance = 0;
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < features.length; j++) {
        variance += features[i] * covariance.get(i, j) * features[j];
      }
    }
    return Belief.normal(score(weights, features), Math.sqrt(variance));
  }
}
