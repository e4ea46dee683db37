package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.marquetry.platform.StartupProblem;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL cluster on disk and the programs run on it.
 *
 * <p>A cluster is made aside, given its role and database in single-user mode, synced and then
 * moved into place: a directory named {@code postgres} is always a complete cluster. The programs
 * are run directly rather than through the library's {@code EmbeddedPostgres}, which switches fsync
 * off and back on, trusts every local user, cannot turn checksums on and starts {@code pg_ctl},
 * whose end says nothing about the server's.
 */
final class Cluster {

  static final String OWNER = "marquetry";

  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final String SUPERUSER = "postgres";

  /** The password is random, so stretching it would only make each connect dearer. */
  private static final String ITERATIONS = "scram_iterations=1";

  private final Path data;
  private final Path directory;
  private final PostgresLog log;
  private final UserSwitch user;

  Cluster(Path data, PostgresLog log, UserSwitch user) {
    this.data = data;
    this.directory = directory(data);
    this.log = log;
    this.user = user;
  }

  static Path directory(Path data) {
    return data.resolve("postgres");
  }

  Path directory() {
    return directory;
  }

  boolean exists() {
    return Files.exists(directory);
  }

  /** Refuses a cluster that our programs cannot open. */
  void verifyVersion() {
    try {
      var version = Files.readString(directory.resolve("PG_VERSION")).strip();
      if (!version.equals(PostgresBinaries.MAJOR)) {
        throw new StartupProblem(
            "%s holds data of PostgreSQL %s and this Marquetry brings %s; dump it with the old one and load it anew"
                .formatted(directory, version, PostgresBinaries.MAJOR));
      }
    } catch (IOException e) {
      throw new StartupProblem(
          directory + " is not a PostgreSQL cluster: " + StartupProblem.reason(e), e);
    }
  }

  void create(Password password) {
    LOG.info("creating the database in {} (first start only)", directory);
    var workshop = data.resolve("postgres.creating");
    try {
      PostgresBinaries.deleteTree(workshop);
      Files.createDirectory(workshop);
      user.enter(data);
      var fresh = workshop.resolve("cluster");
      initialise(workshop, fresh, password);
      singleUser(
          fresh,
          List.of(
              "CREATE ROLE %s LOGIN CREATEDB PASSWORD '%s' IN ROLE pg_monitor, pg_checkpoint"
                  .formatted(OWNER, password.text()),
              "CREATE DATABASE %s OWNER %s".formatted(OWNER, OWNER)));
      run("initdb", List.of("--sync-only", "-D", fresh.toString()), "");
      Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
      try (var parent = FileChannel.open(data, StandardOpenOption.READ)) {
        parent.force(true);
      }
      PostgresBinaries.deleteTree(workshop);
    } catch (IOException e) {
      throw new StartupProblem("cannot create " + directory + ": " + StartupProblem.reason(e), e);
    }
  }

  private void initialise(Path workshop, Path fresh, Password password) throws IOException {
    var passwordFile = workshop.resolve("password");
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password.text() + "\n");
    user.own(workshop);
    var arguments =
        List.of(
            "-D",
            fresh.toString(),
            "-U",
            SUPERUSER,
            "--pwfile=" + passwordFile,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            // Built into PostgreSQL: the order of an index never changes with the system's C
            // library.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-sync", // synced as a whole before it is moved into place
            "--no-instructions",
            "--set=" + ITERATIONS);
    run("initdb", arguments, "");
  }

  /** For a password file that was lost: whoever owns the cluster's files may set a new one. */
  void setPassword(Password password) {
    LOG.warn("postgres.password was missing; setting a new password");
    singleUser(
        directory,
        List.of(
            "ALTER ROLE %s PASSWORD '%s'".formatted(SUPERUSER, password.text()),
            "ALTER ROLE %s PASSWORD '%s'".formatted(OWNER, password.text())));
  }

  private void singleUser(Path cluster, List<String> statements) {
    var arguments = new ArrayList<>(List.of("--single", "-D", cluster.toString()));
    arguments.addAll(PostgresSettings.arguments());
    arguments.addAll(List.of("-c", ITERATIONS, "postgres"));
    run("postgres", arguments, String.join("\n", statements) + "\n");
  }

  /**
   * Starts the server as our child, in a session of its own: Ctrl-C in a terminal must reach us
   * alone, so that we can drain before the database goes.
   *
   * @param taken an id found in {@code postmaster.pid} that is known to be no PostgreSQL of this
   *     cluster. PostgreSQL itself would refuse to start while any process has that id, zombies
   *     included; told that it is its own starter's, it goes by the shared memory segment alone.
   */
  Process start(int port, OptionalLong taken) {
    var arguments = new ArrayList<>(List.of("-D", directory.toString(), "-p", "" + port));
    arguments.addAll(PostgresSettings.arguments());
    var builder = builder("postgres", arguments);
    if (new File("/usr/bin/setsid").canExecute() || new File("/bin/setsid").canExecute()) {
      builder.command().addFirst("setsid");
    }
    taken.ifPresent(pid -> builder.environment().put("PG_GRANDPARENT_PID", Long.toString(pid)));
    try {
      user.enter(data);
      return builder.redirectInput(new File("/dev/null")).redirectOutput(log.appending()).start();
    } catch (IOException e) {
      throw cannotRun("postgres", e);
    }
  }

  private void run(String program, List<String> arguments, String input) {
    String output;
    int code;
    try {
      var process = builder(program, arguments).start();
      try (var stdin = process.outputWriter(UTF_8)) {
        stdin.write(input);
      }
      output = new String(process.getInputStream().readAllBytes(), UTF_8);
      code = process.waitFor();
    } catch (IOException e) {
      throw cannotRun(program, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupProblem("interrupted while running " + program, e);
    }
    // Single-user mode reports a failed statement and still exits with 0.
    if (code != 0 || output.contains("ERROR: ") || output.contains("FATAL: ")) {
      var mark = log.size();
      log.append(output);
      throw new StartupProblem(
          program + " failed: " + log.failureSince(mark) + "; see " + log.file());
    }
  }

  private ProcessBuilder builder(String program, List<String> arguments) {
    var home = PostgresBinaries.unpacked(data);
    var builder =
        new ProcessBuilder(user.command(home.resolve("bin").resolve(program), arguments))
            .directory(new File("/"))
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  private StartupProblem cannotRun(String program, IOException e) {
    return new StartupProblem(
        "cannot run "
            + program
            + " from "
            + data
            + ": "
            + StartupProblem.reason(e)
            + "; is it mounted noexec?",
        e);
  }
}
