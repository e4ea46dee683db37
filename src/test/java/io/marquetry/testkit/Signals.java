package io.marquetry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Signals to other processes. */
final class Signals {
  private Signals() {}

  /** Through the shell's own kill, as Java can only send TERM and KILL. */
  static void send(String name, List<ProcessHandle> to) {
    var pids = to.stream().map(one -> Long.toString(one.pid())).toList();
    if (pids.isEmpty()) {
      return;
    }
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + String.join(" ", pids))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
