package io.marquetry.experimentation.core;

/**
 * A two-sided CUSUM over how far each epoch's rewards of an arm were from what was expected, in
 * standard errors: small shifts add up, and chance cancels out.
 *
 * <p>Design note: by Siegmund's approximation these bounds are silent for 9,556 epochs of an arm in
 * the mean where nothing drifts, which for hourly epochs is a year, and alarm after 16 where the
 * mean moved by a standard error of an epoch.
 */
public record Drift(double up, double down) {
  public static final Drift NONE = new Drift(0, 0);

  static final double SLACK = 0.5;
  static final double ALARM = 8;

  public Drift after(double deviation) {
    return new Drift(Math.max(0, up + deviation - SLACK), Math.max(0, down - deviation - SLACK));
  }

  public boolean isAlarm() {
    return up > ALARM || down > ALARM;
  }
}
