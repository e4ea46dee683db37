package io.marquetry.testkit;

import io.marquetry.platform.StartupProblem;
import io.marquetry.postgres.DataDirectory;
import io.marquetry.postgres.Database;
import io.marquetry.postgres.EmbeddedServer;
import io.marquetry.postgres.Migrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One embedded PostgreSQL for all tests of a JVM, and as many databases on it as they like.
 *
 * <p>The server lives in {@code target/test-postgres/N}, the first directory no other test JVM
 * holds, and is started on first use. Databases are copies of one template that went through the
 * project's migrations.
 */
public final class TestPostgres {

  private static final Path HOME = Path.of("target", "test-postgres");
  private static final Path MIGRATIONS = Path.of("migrations");
  private static final String TEMPLATE = "test_template";
  private static final int PLACES = 8;
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {}

  /** A new database at the newest migration, for the caller alone. */
  public static Database freshDatabase() {
    return create(TEMPLATE);
  }

  /** A new database without any table. */
  public static Database emptyDatabase() {
    return create("template1");
  }

  /** The server itself, for tests that stop it or look inside; it must run again afterwards. */
  public static EmbeddedServer server() {
    return Running.SERVER;
  }

  /** Runs statements in a session of their own. */
  public static void execute(Database database, String... statements) {
    try (var session = database.connect();
        var statement = session.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static synchronized Database create(String template) {
    var name = "test_" + DATABASES.incrementAndGet();
    var admin = Running.SERVER.database();
    // Copying files costs a checkpoint; through the log a small template takes some 30 ms.
    execute(admin, "CREATE DATABASE %s TEMPLATE %s STRATEGY wal_log".formatted(name, template));
    return admin.withName(name);
  }

  /** Started when first touched. */
  private static final class Running {

    static final EmbeddedServer SERVER = start();

    private static EmbeddedServer start() {
      var data = place();
      renew(data);
      var server = EmbeddedServer.start(data);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, data)));
      execute(server.database(), "CREATE DATABASE " + TEMPLATE);
      if (Files.isDirectory(MIGRATIONS)) {
        Migrator.migrate(server.database().withName(TEMPLATE), MIGRATIONS);
      }
      return server;
    }

    private static DataDirectory place() {
      var problem = new StartupProblem("no place for test databases");
      for (var place = 0; place < PLACES; place++) {
        try {
          return DataDirectory.open(HOME.resolve(Integer.toString(place)));
        } catch (StartupProblem taken) {
          problem = taken;
        }
      }
      throw problem;
    }

    /** Begins with a cluster nobody has used; a server left by a killed run is stopped first. */
    private static void renew(DataDirectory data) {
      try {
        if (Files.exists(data.path().resolve("postgres/postmaster.pid"))) {
          EmbeddedServer.start(data).close();
        }
        TestCluster.deleteTree(data.path().resolve("postgres"));
        Files.deleteIfExists(data.path().resolve("postgres.password"));
        TestCluster.copyTo(data.path());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private static void stop(EmbeddedServer server, DataDirectory data) {
      server.close();
      data.close();
    }
  }
}
