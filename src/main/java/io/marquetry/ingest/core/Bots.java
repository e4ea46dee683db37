package io.marquetry.ingest.core;

import java.util.Locale;

/** Tells programs that announce themselves from people, by the user agent they send. */
final class Bots {
  private static final String[] MARKS = {
    "bot", "crawl", "spider", "slurp", "facebookexternalhit", "preview", "monitor", "archiver"
  };

  private Bots() {}

  static boolean matches(String userAgent) {
    if (userAgent.isEmpty()) {
      return false;
    }
    var lower = userAgent.toLowerCase(Locale.ROOT);
    for (var mark : MARKS) {
      if (lower.contains(mark)) {
        return true;
      }
    }
    return false;
  }
}
