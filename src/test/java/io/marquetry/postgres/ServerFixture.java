package io.marquetry.postgres;

import io.marquetry.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** Starts servers in directories of a test's own. */
final class ServerFixture {

  private ServerFixture() {}

  /** A data directory with its server, closed together. */
  record Running(DataDirectory data, EmbeddedServer server) implements AutoCloseable {

    long postmaster() {
      return PidFile.read(Cluster.directory(data.path())).orElseThrow().pid();
    }

    @Override
    public void close() {
      server.close();
      leave(data);
    }
  }

  /** Starts what is in the directory; a prepared cluster if there is none. */
  static Running start(Path directory) throws IOException {
    if (!Files.exists(Cluster.directory(directory))) {
      TestCluster.copyTo(directory);
    }
    return startAsIs(directory);
  }

  /** Starts what is in the directory, making a cluster if there is none. */
  static Running startAsIs(Path directory) throws IOException {
    TestCluster.linkProgramsTo(directory);
    var data = DataDirectory.open(directory);
    try {
      return new Running(data, EmbeddedServer.start(data));
    } catch (RuntimeException problem) {
      leave(data);
      throw problem;
    }
  }

  private static void leave(DataDirectory data) {
    TestCluster.unlinkProgramsFrom(data.path()); // JUnit warns about links that lead out
    data.close();
  }

  static void execute(Database database, String... statements) throws SQLException {
    try (var session = database.connect();
        var statement = session.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static String query(Database database, String sql) throws SQLException {
    try (var session = database.connect();
        var rows = session.createStatement().executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  static void kill(long pid) {
    var process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
  }

  /** Something that is surely no PostgreSQL, alive until it is destroyed. */
  static Process stranger() throws IOException {
    return new ProcessBuilder("tail", "-f", "/dev/null").start();
  }
}
