package io.marquetry.replay;

import java.io.PrintStream;
import java.util.Locale;

/** Shows how far it is: as a bar that moves on a terminal, else as a line for every tenth. */
final class Progress {
  private static final int WIDTH = 30;
  private static final long EVERY_NANOS = 100_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private final long total;
  private final long began;
  private long shown;
  private int tenths;

  Progress(PrintStream out, boolean terminal, long total, long now) {
    this.out = out;
    this.terminal = terminal;
    this.total = total;
    began = now;
    shown = now - EVERY_NANOS;
  }

  /**
   * Shows it, if it is time.
   *
   * @param now in nanoseconds
   */
  void at(long done, long now) {
    boolean end = done == total;
    if (terminal) {
      if (end || now - shown >= EVERY_NANOS) {
        shown = now;
        out.print("\r" + bar(done, now) + "  ");
        out.flush();
      }
      return;
    }
    int reached = total == 0 ? 10 : (int) (done * 10 / total);
    if (reached > tenths) {
      tenths = reached;
      out.println(line(done, now));
    }
  }

  void end() {
    if (terminal) {
      out.println();
    }
  }

  private String bar(long done, long now) {
    int full = total == 0 ? WIDTH : (int) (done * WIDTH / total);
    return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + line(done, now);
  }

  private String line(long done, long now) {
    double seconds = Math.max(1e-9, (now - began) / 1e9);
    double rate = done / seconds;
    var line =
        String.format(
            Locale.ROOT,
            "%3d %%  %,d of %,d events, %,.0f a second",
            total == 0 ? 100 : done * 100 / total,
            done,
            total,
            rate);
    return rate > 0 && done < total
        ? line + String.format(Locale.ROOT, ", %.0f s left", (total - done) / rate)
        : line;
  }
}
