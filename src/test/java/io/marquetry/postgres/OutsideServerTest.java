package io.marquetry.postgres;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.StartupProblem;
import io.marquetry.testkit.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("postgres")
final class OutsideServerTest {

  @Test
  void verify_durableServer_isContent() {
    assertThatCode(TestPostgres.emptyDatabase()::verify).doesNotThrowAnyException();
  }

  @Test
  void verify_commitsNotFlushed_isRefused() {
    var database = TestPostgres.emptyDatabase();
    TestPostgres.execute(
        database, "ALTER DATABASE " + database.name() + " SET synchronous_commit = off");
    assertThatThrownBy(database::verify)
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("127.0.0.1:" + database.port())
        .hasMessageContaining("runs with synchronous_commit=off");
  }

  @Test
  void verify_noSuchDatabase_namesIt() {
    var database = TestPostgres.emptyDatabase().withName("absent");
    assertThatThrownBy(database::verify)
        .isInstanceOf(StartupProblem.class)
        .hasMessageEndingWith("has no database absent");
  }

  @Test
  void verify_wrongPassword_namesTheUserButNotThePassword() {
    var right = TestPostgres.emptyDatabase();
    var wrong = new Database(right.host(), right.port(), right.name(), "ann", "s3cret");
    assertThatThrownBy(wrong::verify)
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("refuses user ann")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void verify_tlsDemandedOfAPlainServer_saysSo() {
    var plain = TestPostgres.emptyDatabase();
    var demanding =
        new Database(
            plain.host(), plain.port(), plain.name(), plain.user(), plain.password(), "require");
    assertThatThrownBy(demanding::verify)
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("SSL");
  }
}
