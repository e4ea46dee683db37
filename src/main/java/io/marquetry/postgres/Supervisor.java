package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the embedded server back when it dies under us, and keeps its log small.
 *
 * <p>One daemon thread. The first restart is at once; while restarts fail, or the server dies again
 * within a minute, the pause between them doubles up to ten seconds. It never gives up: without its
 * database this process can only refuse events, and the refusal tells clients to come back.
 */
public final class Supervisor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration STEADY = Duration.ofMinutes(1);
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(30);

  private final EmbeddedServer server;
  private final Thread thread;
  private final AtomicLong restarts = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean closed;

  private Supervisor(EmbeddedServer server) {
    this.server = server;
    this.thread = Thread.ofPlatform().daemon().name("postgres-supervisor").unstarted(this::run);
  }

  /** Watches from now on; close it before the server. */
  public static Supervisor watch(EmbeddedServer server) {
    var supervisor = new Supervisor(server);
    supervisor.thread.start();
    return supervisor;
  }

  /** How often the server was brought back. */
  public long restarts() {
    return restarts.get();
  }

  /** How many attempts to bring it back failed. */
  public long failures() {
    return failures.get();
  }

  /** Stops watching and leaves the server as it is. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    var pause = Duration.ZERO;
    while (!closed) {
      try {
        var since = System.nanoTime();
        awaitDeath();
        var steady = System.nanoTime() - since > STEADY.toNanos();
        pause = steady ? Duration.ZERO : pause;
        LOG.warn("PostgreSQL has ended; starting it again after {} ms", pause.toMillis());
        Thread.sleep(pause);
        pause = longer(pause);
        bringBack();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void awaitDeath() throws InterruptedException {
    while (true) {
      try {
        server.onExit().get(HOUSEKEEPING.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        server.log().cutIfLarge();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void bringBack() {
    if (closed) {
      return;
    }
    try {
      server.restart();
      restarts.incrementAndGet();
      LOG.info("PostgreSQL is back");
    } catch (StartupProblem problem) {
      failures.incrementAndGet();
      LOG.error(problem.getMessage());
    }
  }

  private static Duration longer(Duration pause) {
    var next = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
    return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
  }
}
