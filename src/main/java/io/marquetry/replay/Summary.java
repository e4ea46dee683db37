package io.marquetry.replay;

import io.marquetry.replay.Recording.Extent;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replay came to.
 *
 * @param retries how often something had to be sent again
 * @param derived null where the server was not asked
 */
record Summary(Extent log, Tally tally, long retries, double seconds, @Nullable Derived derived) {

  /**
   * What the server made of it.
   *
   * @param newProfiles how many came with the replay
   * @param profiles how many there are
   * @param segments how many profiles are in each
   * @param settled whether everything in the log was applied when it was asked
   */
  record Derived(long newProfiles, long profiles, Map<String, Long> segments, boolean settled) {}

  /** Events that no answer was got for, those after them included. */
  long lost() {
    return log.events() - tally.sent();
  }

  /** Whether everything was taken, if only to be counted. */
  boolean isComplete() {
    return lost() == 0 && tally.refused() == 0 && log.damaged() == 0;
  }

  void print(PrintStream out) {
    line(
        out,
        "log",
        log.events(),
        String.format(Locale.ROOT, "events of %,d visitors", log.visitors()));
    line(
        out,
        "sent",
        tally.sent(),
        String.format(
            Locale.ROOT,
            "in %.1f s, %,.0f a second, %,d retries",
            seconds,
            tally.sent() / Math.max(seconds, 1e-3),
            retries));
    line(out, "accepted", tally.accepted(), "");
    line(out, "duplicates", tally.duplicates(), "known already, changed nothing");
    line(out, "aggregated", tally.aggregated(), "only counted: bots, or consent is missing");
    line(out, "refused", tally.refused(), "");
    tally.refusedByReason().forEach((reason, n) -> line(out, "  " + reason, n, ""));
    unusual(out, "unverified", tally.unverified(), "user ids that this key may not claim");
    unusual(out, "skipped", log.skipped(), "lines that are no event of a visitor");
    unusual(out, "damaged", log.damaged(), "lines that cannot be read");
    unusual(out, "lost", lost(), "without an answer");
    if (derived != null) {
      print(derived, out);
    }
    if (tally.aggregated() > tally.sent() / 2) {
      out.println(
          "Most events were only counted: the visitors of this site allow no more. Replay to a site"
              + " whose consentDefault is granted, such as --create-site makes.");
    }
  }

  private static void print(Derived derived, PrintStream out) {
    var all = String.format(Locale.ROOT, "new, %,d in all", derived.profiles());
    line(out, "profiles", derived.newProfiles(), all);
    derived.segments().forEach((key, size) -> line(out, "segment " + key, size, ""));
    if (!derived.settled()) {
      out.println("The server is still at work on it: profiles and segments will grow.");
    }
  }

  private static void unusual(PrintStream out, String name, long number, String text) {
    if (number > 0) {
      line(out, name, number, text);
    }
  }

  private static void line(PrintStream out, String name, long number, String text) {
    out.println(String.format(Locale.ROOT, "%-28s %,12d  %s", name, number, text).stripTrailing());
  }
}
