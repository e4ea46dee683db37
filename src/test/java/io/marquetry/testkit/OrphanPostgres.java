package io.marquetry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The PostgreSQL of a server under test, seen from outside: to stop it, freeze it, kill it, and to
 * make sure that none is left behind.
 */
public final class OrphanPostgres {
  private final Path pidFile;

  OrphanPostgres(Path data) {
    pidFile = data.resolve("postgres/postmaster.pid");
  }

  /** Where it listens. */
  int port() {
    return Integer.parseInt(lines().get(3).strip());
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(pidFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process that the pid file names, where it still is the one that wrote it. */
  private Optional<ProcessHandle> postmaster() {
    return Files.exists(pidFile)
        ? ProcessHandle.of(Long.parseLong(lines().getFirst().strip())).filter(this::isOurs)
        : Optional.empty();
  }

  /** Its command line names our directory; that of a zombie is empty. */
  private boolean isOurs(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains(String.valueOf(pidFile.getParent()));
    } catch (IOException e) {
      return false; // has just ended
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return postmaster().isPresent();
  }

  /** SIGSTOP to all of its processes: it answers nothing, and connections stay open. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() {
    signal("CONT");
  }

  /** SIGKILL to all of its processes. */
  public void kill9() {
    signal("KILL");
  }

  /** Ends it in good order, if it runs. */
  void end() {
    var running = postmaster();
    if (running.isEmpty()) {
      return;
    }
    thaw();
    Signals.send("INT", List.of(running.get()));
    Until.until("PostgreSQL ends", Duration.ofSeconds(60), () -> !isOurs(running.get()));
  }

  private void signal(String name) {
    var all = new ArrayList<ProcessHandle>();
    postmaster()
        .ifPresent(
            one -> {
              all.add(one);
              one.descendants().forEach(all::add);
            });
    Signals.send(name, all);
  }
}
