package io.marquetry.postgres;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresLogTest {

  private final Path folder;
  private final PostgresLog log;

  PostgresLogTest(@TempDir Path folder) {
    this.folder = folder;
    this.log = new PostgresLog(folder);
  }

  @Test
  void cutIfLarge_overTheLimit_keepsOnePredecessorAndTheWriterGoesOn() throws IOException {
    try (var writer = Files.newOutputStream(log.file(), CREATE, APPEND)) {
      writer.write(new byte[Math.toIntExact(PostgresLog.LIMIT_BYTES) + 1]);
      log.cutIfLarge();
      writer.write('x');
    }
    assertThat(log.size()).isEqualTo(1);
    assertThat(folder.resolve("postgres.log.1")).hasSize(PostgresLog.LIMIT_BYTES + 1);
  }

  @Test
  void cutIfLarge_atTheLimit_leavesIt() throws IOException {
    Files.write(log.file(), new byte[Math.toIntExact(PostgresLog.LIMIT_BYTES)]);
    log.cutIfLarge();
    assertThat(log.size()).isEqualTo(PostgresLog.LIMIT_BYTES);
  }

  @Test
  void failureSince_severalLines_isTheLastFatalOneAfterThePosition() {
    log.append("2026 FATAL:  of yesterday\n");
    var mark = log.size();
    assertThat(log.failureSince(mark)).isEqualTo("it ended without a word");
    log.append("2026 [7] FATAL:  the reason\n2026 [7] LOG:  database system is shut down\n");
    assertThat(log.failureSince(mark)).isEqualTo("the reason");
  }

  @Test
  void failureSince_noFatalLine_isTheLastLine() {
    log.append("setpriv: first\nsetpriv: last\n\n");
    assertThat(log.failureSince(0)).isEqualTo("setpriv: last");
  }
}
