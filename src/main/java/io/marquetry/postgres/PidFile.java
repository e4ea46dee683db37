package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code postmaster.pid} says: PostgreSQL writes it while it holds a data directory and
 * removes it itself. We only ever read it.
 */
record PidFile(long pid, int port, boolean ready) {

  private static final int PORT_LINE = 3;
  private static final int STATUS_LINE = 7;

  /** Reads the file of this cluster; empty if there is none or PostgreSQL is still writing it. */
  static Optional<PidFile> read(Path cluster) {
    try {
      return parse(Files.readAllLines(cluster.resolve("postmaster.pid")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StartupProblem(
          "cannot read " + cluster + "/postmaster.pid: " + StartupProblem.reason(e), e);
    }
  }

  private static Optional<PidFile> parse(List<String> lines) {
    try {
      var pid = Math.abs(Long.parseLong(lines.getFirst().strip()));
      var port = lines.size() > PORT_LINE ? Integer.parseInt(lines.get(PORT_LINE).strip()) : 0;
      var ready = lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
      return Optional.of(new PidFile(pid, port, ready));
    } catch (RuntimeException e) { // half written, or cut short by a power failure
      return Optional.empty();
    }
  }
}
