package io.marquetry.postgres;

import static io.marquetry.postgres.ServerFixture.execute;
import static io.marquetry.postgres.ServerFixture.kill;
import static io.marquetry.postgres.ServerFixture.query;
import static io.marquetry.postgres.ServerFixture.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.marquetry.platform.StartupProblem;
import io.marquetry.postgres.ProcessTable.Occupant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that was killed leaves behind, and what the next one makes of it. */
@Tag("postgres")
final class LeftOverServerTest {

  private final Path temporary;

  LeftOverServerTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @Test
  void start_parentWasKilled_takesItsServerOverWithDataIntact() throws Exception {
    var port = leaveServerBehind();
    var orphan = pidFile().pid();
    try (var running = start(temporary)) {
      assertThat(running.postmaster()).isEqualTo(orphan);
      assertThat(running.server().database().port()).isEqualTo(port);
      assertThat(query(running.server().database(), "SELECT n FROM kept")).isEqualTo("42");
    }
    assertThat(temporary.resolve("postgres/postmaster.pid")).doesNotExist();
    assertThat(occupant(orphan)).isNotEqualTo(Occupant.POSTMASTER);
  }

  @Test
  void start_leftOverServerRefusesOurPassword_stopsItAndStartsAnew() throws Exception {
    leaveServerBehind();
    var orphan = pidFile().pid();
    Files.delete(temporary.resolve("postgres.password"));
    try (var running = start(temporary)) {
      assertThat(running.postmaster()).isNotEqualTo(orphan);
      assertThat(query(running.server().database(), "SELECT n FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void onExit_serverTakenOverIsKilled_completesAndItCanBeRestarted() throws Exception {
    leaveServerBehind();
    try (var running = start(temporary)) {
      var exit = running.server().onExit();
      kill(running.postmaster());
      exit.get(10, TimeUnit.SECONDS);
      running.server().restart();
      assertThat(query(running.server().database(), "SELECT n FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void start_bothWereKilled_recoversWhatWasCommitted() throws Exception {
    leaveServerBehind();
    var orphan = pidFile().pid();
    kill(orphan);
    Await.until("its end", () -> occupant(orphan) != Occupant.POSTMASTER, true);
    try (var running = start(temporary)) {
      assertThat(query(running.server().database(), "SELECT n FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void start_pidFileNamesAStranger_startsAndLeavesItAlone() throws Exception {
    var stranger = ServerFixture.stranger();
    try {
      leaveStalePidFile(stranger.pid());
      assertThat(occupant(stranger.pid())).isEqualTo(Occupant.STRANGER);
      try (var running = start(temporary)) {
        assertThat(query(running.server().database(), "SELECT n FROM kept")).isEqualTo("1");
      }
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void start_pidFileNamesAZombie_startsNevertheless() throws Exception {
    assumeThat(Path.of("/proc/self/stat")).exists();
    // A shell's child whose parent has become a program that never asks for it.
    var parent =
        new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; exec tail -f /dev/null").start();
    try {
      var zombie = Long.parseLong(parent.inputReader().readLine());
      var name = Path.of("/proc/" + parent.pid() + "/comm");
      Await.until("the parent's change", () -> read(name), "tail\n");
      kill(zombie);
      Await.until("a zombie", () -> occupant(zombie), Occupant.ZOMBIE);
      leaveStalePidFile(zombie);
      try (var running = start(temporary)) {
        assertThat(query(running.server().database(), "SELECT n FROM kept")).isEqualTo("1");
      }
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void start_pidFileIsCutShort_saysWhatPostgresSaid() throws Exception {
    start(temporary).close();
    Files.writeString(temporary.resolve("postgres/postmaster.pid"), "");
    assertThatThrownBy(() -> start(temporary))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("lock file \"postmaster.pid\" is empty");
  }

  @Test
  void start_asRootWithoutNamespaces_runsAsAnotherUser() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    var open = Files.createTempDirectory(Path.of("/tmp"), "marquetry-test-");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var data = DataDirectory.open(open.resolve("data"))) {
      try (var server = EmbeddedServer.start(data, UserSwitch.dropTo(65534, 65534))) {
        execute(server.database(), "CREATE TABLE kept (n int)");
      }
      var again = UserSwitch.forCluster(Cluster.directory(data.path()));
      assertThat(again.uid()).isEqualTo(65534);
      try (var server = EmbeddedServer.start(data, again)) {
        assertThat(query(server.database(), "SELECT count(*) FROM kept")).isEqualTo("0");
      }
    } finally {
      PostgresBinaries.deleteTree(open);
    }
  }

  private int leaveServerBehind() throws Exception {
    start(temporary).close();
    try (var child = ChildJvm.runningServer(temporary)) {
      return Integer.parseInt(child.firstLine());
    }
  }

  /** As after a reboot: the data was not shut down and the id has been given to somebody else. */
  private void leaveStalePidFile(long pid) throws Exception {
    var running = start(temporary);
    execute(
        running.server().database(), "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1)");
    var exit = running.server().onExit();
    kill(running.postmaster());
    exit.get(10, TimeUnit.SECONDS);
    running.close();
    var file = temporary.resolve("postgres/postmaster.pid");
    Files.writeString(file, Files.readString(file).replaceFirst("^\\d+", Long.toString(pid)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Occupant occupant(long pid) {
    return ProcessTable.occupant(pid, temporary.resolve("postgres"));
  }

  private PidFile pidFile() {
    return PidFile.read(temporary.resolve("postgres")).orElseThrow();
  }
}
