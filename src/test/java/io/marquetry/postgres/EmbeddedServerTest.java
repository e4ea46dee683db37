package io.marquetry.postgres;

import static io.marquetry.postgres.ServerFixture.execute;
import static io.marquetry.postgres.ServerFixture.kill;
import static io.marquetry.postgres.ServerFixture.query;
import static io.marquetry.postgres.ServerFixture.start;
import static io.marquetry.postgres.ServerFixture.startAsIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.StartupProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("postgres")
final class EmbeddedServerTest {

  private final Path temporary;

  EmbeddedServerTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @Test
  void start_newDirectory_runsDurablyWithChecksumsOnLoopbackAlone() throws Exception {
    try (var running = startAsIs(temporary)) {
      var database = running.server().database();
      for (var setting :
          new String[] {"fsync", "synchronous_commit", "full_page_writes", "data_checksums"}) {
        assertThat(query(database, "SHOW " + setting)).as(setting).isEqualTo("on");
      }
      assertThat(query(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(database, "SHOW unix_socket_directories")).isEmpty();
      assertThat(query(database, "SHOW server_version"))
          .isEqualTo(PostgresBinaries.VERSION.replaceFirst("\\.0$", ""));
      assertThat(query(database, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
    }
  }

  @Test
  void start_newDirectory_letsNobodyInWithoutItsPassword() throws Exception {
    try (var running = start(temporary)) {
      var file = temporary.resolve("postgres.password");
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      var right = running.server().database();
      for (var user : new String[] {"marquetry", "postgres"}) {
        var wrong = new Database(right.host(), right.port(), "marquetry", user, "guess");
        assertThatThrownBy(wrong::connect)
            .isInstanceOf(StartupProblem.class)
            .hasMessageContaining("refuses user " + user);
      }
      assertThat(Files.readString(temporary.resolve("postgres.log")))
          .doesNotContain(right.password());
    }
  }

  @Test
  void start_afterClose_findsItsData() throws Exception {
    try (var first = start(temporary)) {
      execute(
          first.server().database(), "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)");
    }
    assertThat(temporary.resolve("postgres/postmaster.pid")).doesNotExist();
    try (var second = start(temporary)) {
      assertThat(query(second.server().database(), "SELECT n FROM kept")).isEqualTo("7");
    }
  }

  @Test
  void close_sessionsOpen_doesNotWaitForThem() throws Exception {
    var running = start(temporary);
    try (var session = running.server().database().connect()) {
      running.close();
      assertThat(session.isValid(1)).isFalse();
    }
    running.close();
  }

  @Test
  void start_commitsNotFlushed_isRefusedAndLeavesNothingRunning() throws Exception {
    try (var running = start(temporary)) {
      execute(running.server().database(), "ALTER ROLE marquetry SET synchronous_commit = off");
    }
    assertThatThrownBy(() -> start(temporary))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("runs with synchronous_commit=off");
    assertThat(temporary.resolve("postgres/postmaster.pid")).doesNotExist();
  }

  @Test
  void start_passwordFileLost_setsANewOne() throws Exception {
    try (var first = start(temporary)) {
      execute(
          first.server().database(), "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)");
    }
    Files.delete(temporary.resolve("postgres.password"));
    try (var second = start(temporary)) {
      assertThat(query(second.server().database(), "SELECT n FROM kept")).isEqualTo("7");
    }
  }

  @Test
  void start_creationWasInterrupted_beginsAnew() throws Exception {
    Files.createDirectories(temporary.resolve("postgres.creating/cluster/base"));
    try (var running = startAsIs(temporary)) {
      assertThat(query(running.server().database(), "SELECT 1")).isEqualTo("1");
    }
    assertThat(temporary.resolve("postgres.creating")).doesNotExist();
  }

  @Test
  void start_clusterOfAnotherMajor_isRefused() throws Exception {
    Files.createDirectories(temporary.resolve("postgres"));
    Files.writeString(temporary.resolve("postgres/PG_VERSION"), "16\n");
    assertThatThrownBy(() -> start(temporary))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("holds data of PostgreSQL 16 and this Marquetry brings 17");
  }

  @Test
  void start_configurationBroken_saysWhatPostgresSaid() throws Exception {
    start(temporary).close();
    Files.writeString(temporary.resolve("postgres/postgresql.conf"), "work_mem = lots\n");
    assertThatThrownBy(() -> start(temporary))
        .isInstanceOf(StartupProblem.class)
        .hasMessageStartingWith("PostgreSQL did not start: ")
        .hasMessageContaining("postgresql.conf")
        .hasMessageContaining("postgres.log");
  }

  @Test
  void restart_serverKilled_recoversCommittedRowsOnTheSamePort() throws Exception {
    try (var running = start(temporary)) {
      var database = running.server().database();
      execute(database, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1), (2)");
      var exit = running.server().onExit();
      kill(running.postmaster());
      exit.get(10, TimeUnit.SECONDS);
      running.server().restart();
      assertThat(running.server().database()).isEqualTo(database);
      assertThat(query(database, "SELECT count(*) FROM kept")).isEqualTo("2");
    }
  }

  @Test
  void supervisor_serverKilledTwice_bringsItBackEachTime() throws Exception {
    try (var running = start(temporary);
        var supervisor = Supervisor.watch(running.server())) {
      execute(running.server().database(), "CREATE TABLE kept (n int)");
      for (var time = 1; time <= 2; time++) {
        kill(running.postmaster());
        Await.until("restart " + time, supervisor::restarts, time);
        execute(running.server().database(), "INSERT INTO kept VALUES (" + time + ")");
      }
      assertThat(query(running.server().database(), "SELECT sum(n) FROM kept")).isEqualTo("3");
    }
  }

  @Test
  void restart_afterClose_isRefused() throws Exception {
    var running = start(temporary);
    running.close();
    assertThatThrownBy(() -> running.server().restart()).isInstanceOf(StartupProblem.class);
    assertThat(temporary.resolve("postgres/postmaster.pid")).doesNotExist();
  }
}
