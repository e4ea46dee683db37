package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import io.marquetry.postgres.ProcessTable.Occupant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as part of this process: made, started, checked and stopped with it, its data in
 * {@code postgres} inside the data directory, reachable on loopback with a password only.
 *
 * <p>Killing this process leaves PostgreSQL running. The next start finds it through {@code
 * postmaster.pid}: it is taken over when it runs with our settings and takes our password, else
 * shut down and started anew. That file is never touched; what to make of a stale one is
 * PostgreSQL's own decision. A server that dies comes back on the same port, so that pools need not
 * be told.
 *
 * <p>All methods may be called from any thread; all but {@link #database} and {@link #onExit}
 * block.
 */
public final class EmbeddedServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
  private static final String HOST = "127.0.0.1";

  /**
   * Crash recovery of a large write-ahead log takes its time; it is never cut short by impatience.
   */
  private static final Duration READY = Duration.ofMinutes(10);

  /** How long the processes of a killed server may take to let go of memory and port. */
  private static final Duration LETTING_GO = Duration.ofSeconds(10);

  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_MILLIS = 5;

  private final Cluster cluster;
  private final PostgresLog log;
  private final Password password;
  private volatile int port;
  private volatile @Nullable Postmaster postmaster;
  private volatile boolean closing;

  private EmbeddedServer(Cluster cluster, PostgresLog log, Password password) {
    this.cluster = cluster;
    this.log = log;
    this.password = password;
  }

  /**
   * Starts the server of this data directory, making it on the first start.
   *
   * @throws StartupProblem if it does not run or does not keep what it commits
   */
  public static EmbeddedServer start(DataDirectory data) {
    return start(data, UserSwitch.forCluster(Cluster.directory(data.path())));
  }

  static EmbeddedServer start(DataDirectory data, UserSwitch user) {
    var began = System.nanoTime();
    var log = new PostgresLog(data.path());
    log.cutIfLarge();
    var cluster = new Cluster(data.path(), log, user);
    var server = new EmbeddedServer(cluster, log, Password.in(data.path()));
    try {
      server.begin();
    } catch (RuntimeException problem) {
      server.close();
      throw problem;
    }
    var millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    LOG.info(
        "PostgreSQL {} ready on {}:{} after {} ms",
        PostgresBinaries.VERSION,
        HOST,
        server.port,
        millis);
    return server;
  }

  /** Where it listens; the same for the life of this object. */
  public Database database() {
    return new Database(HOST, port, Cluster.OWNER, Cluster.OWNER, password.text());
  }

  /** Completes when the server that runs now has ended, whether asked to or not. */
  public CompletableFuture<Void> onExit() {
    var current = postmaster;
    return current == null ? CompletableFuture.completedFuture(null) : current.onExit();
  }

  /**
   * Starts the server again on its port, after stopping it if it runs.
   *
   * @throws StartupProblem if it does not start, or {@link #close} was called
   */
  public synchronized void restart() {
    if (closing) {
      throw new StartupProblem("PostgreSQL was shut down for good");
    }
    stop();
    launch(OptionalLong.of(port));
    verify();
  }

  /** A fast shutdown: waits for the last checkpoint, not for sessions. */
  @Override
  public void close() {
    closing = true; // seen by a start that is under way in another thread
    synchronized (this) {
      stop();
    }
  }

  PostgresLog log() {
    return log;
  }

  private synchronized void begin() {
    if (cluster.exists()) {
      cluster.verifyVersion();
      if (takenOver()) {
        return;
      }
      if (password.generated()) {
        cluster.setPassword(password);
      }
    } else {
      cluster.create(password);
    }
    launch(OptionalLong.empty());
    verify();
  }

  /** Deals with a server that outlived an earlier process of ours. */
  private boolean takenOver() {
    var left = PidFile.read(cluster.directory()).filter(f -> occupant(f) == Occupant.POSTMASTER);
    if (left.isEmpty()) {
      return false;
    }
    var found = left.get();
    postmaster = Postmaster.leftOver(found.pid(), cluster.directory());
    port = found.port();
    if (found.ready() && isAsWeWouldStartIt()) {
      LOG.info("taking over PostgreSQL (pid {}) left by an earlier run", found.pid());
      verify();
      return true;
    }
    LOG.info("stopping PostgreSQL (pid {}) left by an earlier run", found.pid());
    stop();
    return false;
  }

  private boolean isAsWeWouldStartIt() {
    try (var session = database().open()) {
      return Database.show(session, PostgresSettings.FINGERPRINT)
          .equals(PostgresSettings.fingerprint());
    } catch (SQLException e) {
      LOG.info("it does not take our connection: {}", StartupProblem.reason(e));
      return false;
    }
  }

  private void launch(OptionalLong fixedPort) {
    var deadline = System.nanoTime() + LETTING_GO.toNanos();
    for (var delay = 25L; ; delay = Math.min(2 * delay, 1000)) {
      port = fixedPort.isPresent() ? Math.toIntExact(fixedPort.getAsLong()) : freePort();
      var mark = log.size();
      if (launched()) {
        return;
      }
      var why = log.failureSince(mark);
      if (closing || !passes(why) || System.nanoTime() > deadline) {
        throw new StartupProblem("PostgreSQL did not start: " + why + "; see " + log.file());
      }
      Postmaster.pause(delay);
    }
  }

  /** Processes of a killed server still hold its memory, or somebody else has the port. */
  private static boolean passes(String failure) {
    return failure.contains("pre-existing shared memory")
        || failure.contains("could not create any TCP/IP sockets");
  }

  private boolean launched() {
    var process = cluster.start(port, taken());
    var started = Postmaster.child(process);
    postmaster = started;
    var began = System.nanoTime();
    var report = began + REPORT_NANOS;
    while (!started.awaitExit(Duration.ofMillis(LOOK_MILLIS))) {
      var file = PidFile.read(cluster.directory());
      if (file.filter(f -> f.pid() == started.pid() && f.ready()).isPresent()) {
        return true;
      }
      var now = System.nanoTime();
      if (closing || now - began > READY.toNanos()) {
        started.stop();
        return false;
      }
      if (now - report > 0) {
        LOG.info("waiting for PostgreSQL, which recovers after a crash; see {}", log.file());
        report = now + REPORT_NANOS;
      }
    }
    return false;
  }

  private OptionalLong taken() {
    var stale =
        PidFile.read(cluster.directory())
            .filter(f -> occupant(f) == Occupant.ZOMBIE || occupant(f) == Occupant.STRANGER)
            .map(PidFile::pid);
    stale.ifPresent(
        pid -> LOG.info("postmaster.pid names {}, which is no PostgreSQL any more", pid));
    return stale.map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  private Occupant occupant(PidFile file) {
    return ProcessTable.occupant(file.pid(), cluster.directory());
  }

  private void verify() {
    try (var session = database().connect()) {
      Durability.verifyEmbedded(session);
    } catch (SQLException e) {
      throw new StartupProblem("PostgreSQL does not answer: " + StartupProblem.reason(e), e);
    }
  }

  private void stop() {
    var current = postmaster;
    if (current != null && !current.stop()) {
      throw new StartupProblem(
          "PostgreSQL (pid %d) on %s does not stop; stop it and start again"
              .formatted(current.pid(), cluster.directory()));
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new StartupProblem("no free port on loopback: " + StartupProblem.reason(e), e);
    }
  }
}
