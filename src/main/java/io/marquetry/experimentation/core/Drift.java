package io.marquetry.experimentation.core;

/**
 * A two-sided CUSUM over how far each epoch's rewards of an arm were from what was expected, in
 * standard errors: small shifts add up, and chance cancels out.
 */
public record Drift(double up, double down) {
  public static final Drift NONE = new Drift(0, 0);

  private static final double SLACK = 0.5;
  private static final double ALARM = 8;

  public Drift after(double deviation) {
    return new Drift(Math.max(0, up + deviation - SLACK), Math.max(0, down - deviation - SLACK));
  }

  public boolean isAlarm() {
    return up > ALARM || down > ALARM;
  }
}
