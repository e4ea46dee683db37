package io.marquetry.console.core;

import java.time.Instant;

/** Times as the outside reads and writes them. */
public final class Times {
  private Times() {}

  /** ISO-8601 in UTC. */
  public static String iso(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
