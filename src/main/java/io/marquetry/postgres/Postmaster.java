package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running PostgreSQL: our own child, or one left over by an earlier run of ours.
 *
 * <p>The kernel reports the end of a child; of any other process nothing is reported, so its entry
 * in the process table is looked at ten times a second.
 */
final class Postmaster {

  private static final Duration FAST = Duration.ofSeconds(60);
  private static final Duration IMMEDIATE = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 100;

  private final long pid;
  private final CompletableFuture<Void> exit;

  private Postmaster(long pid, CompletableFuture<Void> exit) {
    this.pid = pid;
    this.exit = exit;
  }

  static Postmaster child(Process process) {
    return new Postmaster(process.pid(), process.onExit().thenAccept(_ -> {}));
  }

  static Postmaster leftOver(long pid, Path cluster) {
    var exit = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .daemon()
        .name("postgres-watch-" + pid)
        .start(
            () -> {
              while (ProcessTable.occupant(pid, cluster) == ProcessTable.Occupant.POSTMASTER) {
                pause(LOOK_MILLIS);
              }
              exit.complete(null);
            });
    return new Postmaster(pid, exit);
  }

  long pid() {
    return pid;
  }

  boolean isAlive() {
    return !exit.isDone();
  }

  /** Completes when the process has ended, however it did. */
  CompletableFuture<Void> onExit() {
    return exit.copy();
  }

  boolean awaitExit(Duration limit) {
    try {
      exit.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupProblem("interrupted while waiting for PostgreSQL (pid " + pid + ")", e);
    }
  }

  /**
   * A fast shutdown (sessions are cut, a checkpoint is written), then an immediate one, which
   * leaves the rest to crash recovery. SIGKILL is not used: it would leave other server processes
   * behind.
   *
   * @return whether the process has ended
   */
  boolean stop() {
    if (isAlive()) {
      signal("INT");
    }
    if (awaitExit(FAST)) {
      return true;
    }
    signal("QUIT");
    return awaitExit(IMMEDIATE);
  }

  /** Through the shell's own kill, as Java can only send TERM and KILL. */
  private void signal(String name) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new StartupProblem("cannot signal PostgreSQL (pid " + pid + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupProblem("interrupted while waiting for PostgreSQL", e);
    }
  }
}
