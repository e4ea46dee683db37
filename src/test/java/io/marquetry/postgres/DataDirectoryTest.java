package io.marquetry.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {

  private final Path temporary;

  DataDirectoryTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @Test
  void open_absentDirectory_createsItForItsOwnerAlone() throws IOException {
    var path = temporary.resolve("a/b");
    try (var data = DataDirectory.open(path)) {
      assertThat(data.path()).isEqualTo(path.toRealPath());
      assertThat(Files.getPosixFilePermissions(path))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void open_heldByThisProcess_isRefusedAndTheFirstKeepsItsLock() throws Exception {
    try (var data = DataDirectory.open(temporary)) {
      assertThatThrownBy(() -> DataDirectory.open(temporary))
          .isInstanceOf(StartupProblem.class)
          .hasMessage(inUse(data.path(), ProcessHandle.current().pid()));
      assertThat(ChildJvm.lockElsewhere(temporary)).isEqualTo(inUse(data.path(), ownPid()));
    }
  }

  @Test
  void open_heldByAnotherProcess_namesIt() throws Exception {
    try (var child = ChildJvm.holdingLock(temporary)) {
      assertThatThrownBy(() -> DataDirectory.open(temporary))
          .isInstanceOf(StartupProblem.class)
          .hasMessage(inUse(temporary.toRealPath(), child.pid()));
    }
    DataDirectory.open(temporary).close();
  }

  @Test
  void open_holderWasKilled_isFree() throws Exception {
    try (var child = ChildJvm.holdingLock(temporary)) {
      child.kill();
    }
    DataDirectory.open(temporary).close();
  }

  @Test
  void open_afterClose_isFree() {
    DataDirectory.open(temporary).close();
    DataDirectory.open(temporary).close();
  }

  @Test
  void open_pathIsAFile_saysSo() throws IOException {
    var file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("data directory " + file + " cannot be created")
        .hasMessageContaining("choose another with --data");
  }

  @Test
  void open_placeThatTakesNoFiles_saysSo() {
    assertThatThrownBy(() -> DataDirectory.open(Path.of("/proc/marquetry")))
        .isInstanceOf(StartupProblem.class)
        .hasMessageStartingWith("data directory /proc/marquetry cannot be created: ")
        .hasMessageNotContaining("\n");
  }

  private static long ownPid() {
    return ProcessHandle.current().pid();
  }

  private static String inUse(Path path, long pid) {
    return "data directory "
        + path
        + " is in use by another Marquetry (pid "
        + pid
        + "); stop it or choose another with --data";
  }
}
