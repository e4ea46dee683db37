package io.marquetry.decisioning.core;

import java.time.Duration;
import java.util.List;

/**
 * How often a visitor may be shown some variants.
 *
 * @param variants as {@code component/variant}; their exposures count together
 * @param exposures from so many on it is enough
 * @param windowMillis within how long
 * @param signal what the count is called among the signals of a decision
 */
record Cap(List<String> variants, int exposures, long windowMillis, String signal) {
  /** Most exposures that can be counted to. */
  static final int MAX_EXPOSURES = 100;

  /** The longest window, 90 days. */
  static final long MAX_WINDOW_MILLIS = 90L * 24 * 60 * 60 * 1000;

  Cap(List<String> variants, int exposures, long windowMillis) {
    this(
        variants,
        exposures,
        windowMillis,
        "exposures." + String.join("+", variants) + "." + Duration.ofMillis(windowMillis));
  }

  Cap {
    variants = List.copyOf(variants);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException("then.cap.variants: at least one is expected");
    }
    if (exposures < 1 || exposures > MAX_EXPOSURES) {
      throw new IllegalArgumentException(
          "then.cap.exposures: a number from 1 to " + MAX_EXPOSURES + " is expected");
    }
    if (windowMillis < 1 || windowMillis > MAX_WINDOW_MILLIS) {
      throw new IllegalArgumentException(
          "then.cap.within: a duration of at most 90 days is expected");
    }
  }
}
