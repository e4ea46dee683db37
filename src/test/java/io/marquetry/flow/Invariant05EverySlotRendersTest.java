package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever breaks behind it, a page leaves whole: the last resort is the markup in the page. */
@Tag("server")
class Invariant05EverySlotRendersTest {
  @Test
  void nobodyDecides_everySlotShowsWhatAnybodyMay() {
    try (var server = RunningServer.with().without("decisioning").start()) {
      var shown = server.visitor().in("DE").page("/");
      assertThat(shown.variants())
          .containsEntry("hero", "brand")
          .containsEntry("promotion", "default")
          .containsEntry("cta", "default");
      assertThat(shown.html()).doesNotContain("data-mq-decision");
      whole(shown.html());
    }
  }

  @Test
  void oneVariantBroken_itsSlotFallsBackAndTheOthersStay() throws SQLException {
    try (var server = RunningServer.with().start()) {
      damage(
          server,
          "update definition set body = jsonb_set(body, '{content}', '{}')"
              + " where kind = 'variant' and key = 'hero/brand'");
      server.stop();
      server.restart();
      var shown = server.visitor().in("DE").page("/");
      assertThat(shown.variant("hero")).isEqualTo("default");
      assertThat(shown.variants())
          .containsEntry("promotion", "germany")
          .containsEntry("cta", "default")
          .containsEntry("proof", "craft");
      whole(shown.html());
    }
  }

  private static void damage(RunningServer server, String sql) throws SQLException {
    try (var session = server.database();
        var statement = session.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private static void whole(String html) {
    assertThat(html)
        .contains("Made to fit together, for as long as you like")
        .contains("What most people start with")
        .contains("Why people keep it")
        .contains("Not sure what fits? Measure the wall")
        .endsWith("</html>\n");
  }
}
