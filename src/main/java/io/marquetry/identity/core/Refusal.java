package io.marquetry.identity.core;

import java.util.Locale;

/** Why two profiles that an event connects were not joined. */
public enum Refusal {
  /** Too many new devices in a day. */
  DAY,
  /** Too many new devices in thirty days. */
  MONTH,
  /** Too many identifiers lead to the profile. */
  SIZE,
  /** They were split, and stay so until somebody in charge merges them. */
  APART,
  /** One of the identifiers is in quarantine. */
  QUARANTINE;

  /** The name used in metrics. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
