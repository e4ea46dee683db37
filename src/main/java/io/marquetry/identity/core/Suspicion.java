package io.marquetry.identity.core;

import java.util.Locale;

/** Why an identifier is in quarantine. */
public enum Suspicion {
  /** A user id that turned up on too many new devices in a day. */
  DEVICES_A_DAY,
  /** A user id that turned up on too many new devices in thirty days. */
  DEVICES_A_MONTH,
  /** A device that too many people use. */
  PEOPLE;

  /** The name used in the journal, in JSON and in metrics. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is people's ids that it concerns, as against devices. */
  public boolean isOfPerson() {
    return this != PEOPLE;
  }

  public static Suspicion of(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }
}
