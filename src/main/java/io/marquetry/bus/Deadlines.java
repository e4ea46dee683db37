package io.marquetry.bus;

import java.time.Duration;

/** How long an owner takes at the most where it promises nothing of its own. */
final class Deadlines {
  /** For what is answered out of memory, or not at all. */
  static final Duration FAST = Duration.ofSeconds(2);

  /** For what waits for a store, or for every event before it. */
  static final Duration SLOW = Duration.ofSeconds(30);

  private Deadlines() {}
}
