package io.marquetry.decisioning.core;

import io.marquetry.kit.Id128;
import java.util.Map;

/**
 * The control group: a share of all visitors who see no personalization, drawn by lot.
 *
 * @param percent 0 to 100
 */
public record Holdout(double percent, Assignment lots) {
  /** The setting's key in the catalogue. */
  public static final String KEY = "holdout";

  /** Nobody is held out. */
  public static final Holdout NONE = new Holdout(0, new Assignment(KEY));

  /**
   * Reads {@code {percent, salt?}}.
   *
   * @throws IllegalArgumentException where the share is no number from 0 to 100
   */
  public static Holdout parse(Map<String, Object> body) {
    if (!(body.get("percent") instanceof Number percent)
        || !(percent.doubleValue() >= 0 && percent.doubleValue() <= 100)) {
      throw new IllegalArgumentException("percent: a number from 0 to 100 is expected");
    }
    var salt = body.get("salt") instanceof String text ? text : KEY;
    return new Holdout(percent.doubleValue(), new Assignment(salt));
  }

  /** Whether a visitor is in the control group. A larger share holds out the same visitors too. */
  public boolean holds(Id128 profile) {
    return percent > 0 && lots.lot(profile) < percent / 100;
  }
}
