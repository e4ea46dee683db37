package io.marquetry.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.StartupProblem;
import io.marquetry.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("postgres")
final class MigratorTest {

  private final Path folder;

  MigratorTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    try (var files = Files.list(Path.of("src/test/resources/migrations-test"))) {
      for (var file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void migrate_twice_appliesEachFileOnce() throws Exception {
    var database = TestPostgres.emptyDatabase();
    assertThat(Migrator.migrate(database, folder)).isEqualTo(2);
    assertThat(Migrator.migrate(database, folder)).isZero();
    assertThat(ServerFixture.query(database, "SELECT count(seen) FROM visitor")).isEqualTo("0");
  }

  @Test
  void migrate_newFile_appliesItAlone() throws IOException {
    var database = TestPostgres.emptyDatabase();
    Migrator.migrate(database, folder);
    Files.writeString(folder.resolve("V0003__index.sql"), "CREATE INDEX ON visitor (seen);");
    assertThat(Migrator.migrate(database, folder)).isEqualTo(1);
  }

  @Test
  void migrate_editedFile_isRefusedByName() throws IOException {
    var database = TestPostgres.emptyDatabase();
    Migrator.migrate(database, folder);
    Files.writeString(folder.resolve("V0001__visitors.sql"), "CREATE TABLE visitor (id int);");
    refuses(database)
        .hasMessage(
            "migration V0001__visitors.sql was edited after it was applied; restore it and add a new file");
  }

  @Test
  void migrate_editedFileRestored_isContent() throws IOException {
    var database = TestPostgres.emptyDatabase();
    Migrator.migrate(database, folder);
    var file = folder.resolve("V0002__visitor_seen.sql");
    var content = Files.readString(file);
    Files.writeString(file, content + "SELECT 1;");
    refuses(database).hasMessageContaining("V0002__visitor_seen.sql was edited");
    Files.writeString(file, content);
    assertThat(Migrator.migrate(database, folder)).isZero();
  }

  @Test
  void migrate_removedFile_isRefused() throws IOException {
    var database = TestPostgres.emptyDatabase();
    Migrator.migrate(database, folder);
    Files.delete(folder.resolve("V0002__visitor_seen.sql"));
    refuses(database)
        .hasMessageContaining("the database has migration 0002 (visitor seen), which this version");
  }

  @Test
  void migrate_failingStatement_namesFileLineAndCauseAndChangesNothing() throws Exception {
    var database = TestPostgres.emptyDatabase();
    Files.writeString(
        folder.resolve("V0003__broken.sql"),
        "CREATE TABLE half (n int);\n\nALTER TABLE absent ADD COLUMN n int;\n");
    refuses(database)
        .hasMessageContaining("migration V0003__broken.sql fails at line 3: ")
        .hasMessageContaining("relation \"absent\" does not exist")
        .hasMessageNotContaining("\n");
    assertThat(ServerFixture.query(database, "SELECT to_regclass('half') IS NULL")).isEqualTo("t");
  }

  @Test
  void migrate_misnamedFile_isRefusedByName() throws IOException {
    Files.writeString(folder.resolve("V3_oops.sql"), "SELECT 1;");
    refuses(TestPostgres.emptyDatabase()).hasMessageContaining("V3_oops.sql");
  }

  @Test
  void migrate_noFolder_saysSo() {
    var absent = folder.resolve("absent");
    assertThatThrownBy(() -> Migrator.migrate(TestPostgres.emptyDatabase(), absent))
        .isInstanceOf(StartupProblem.class)
        .hasMessage("migrations folder " + absent + " does not exist");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refuses(Database database) {
    return assertThatThrownBy(() -> Migrator.migrate(database, folder))
        .isInstanceOf(StartupProblem.class);
  }
}
