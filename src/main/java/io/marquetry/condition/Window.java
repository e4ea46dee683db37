package io.marquetry.condition;

import java.time.Duration;

/** The stretch of time in which a behaviour is looked for. */
public sealed interface Window {
  /** The visitor's current session. */
  record Session() implements Window {}

  /** All that was ever recorded. */
  record Ever() implements Window {}

  /**
   * The last stretch of this length up to now, moving with time.
   *
   * @param length positive
   */
  record Sliding(Duration length) implements Window {
    /** Rejects a length that is not positive. */
    public Sliding {
      if (length.isNegative() || length.isZero()) {
        throw new IllegalArgumentException(
            "a sliding window must be longer than nothing, not " + length);
      }
    }
  }

  /** As written in {@code within}: {@code session}, {@code ever} or an ISO-8601 duration. */
  default String text() {
    return switch (this) {
      case Session _ -> "session";
      case Ever _ -> "ever";
      case Sliding sliding -> sliding.length().toString();
    };
  }
}
