package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One bad event, one bad rule stays one: its neighbours neither notice nor wait. */
@Tag("server")
class Invariant09OneBadThingTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void oneBadEvent_inABatch_goesApartWithItsReason() {
    var visitor = SERVER.visitor().accepts();
    var bad = page("/").with("type", "wink");
    var worse = track("Bought", Map.of()).with("properties", "not an object");
    var answer = visitor.send(page("/"), bad, worse, page("/products")).expect(200);

    assertThat(answer.list("rejected")).hasSize(2);
    assertThat(answer.text("rejected.0.code")).isEqualTo("unknown_type");
    assertThat(answer.text("rejected.0.messageId")).isEqualTo(bad.messageId());
    assertThat(answer.text("rejected.1.code")).isEqualTo("wrong_type");
    assertThat(EventLog.messageIds(SERVER)).doesNotContain(bad.messageId(), worse.messageId());
    assertThat(SERVER.profile("anonymous:" + visitor.deviceId()).number("events")).isEqualTo(2);
    var letters = SERVER.admin("events.deadletters", Map.of("site", "demo", "limit", 10));
    assertThat(letters.list("deadLetters"))
        .extracting(letter -> Answer.at(letter, "messageId"))
        .contains(bad.messageId(), worse.messageId());
  }

  @Test
  void onlyBadEvents_is400AndNothingElse() {
    var visitor = SERVER.visitor().accepts();
    var answer = visitor.send(page("/").with("type", "wink")).expect(400);
    assertThat(answer.at("success")).isEqualTo(false);
    assertThat(answer.text("error.code")).isEqualTo("unknown_type");
  }

  @Test
  void oneRuleDamagedInTheStore_isLeftOutAndTheOthersDecide() throws SQLException {
    try (var server = RunningServer.with().start()) {
      try (var session = server.database();
          var statement = session.createStatement()) {
        var sql =
            "update definition set body = jsonb_set(body, '{when}', '{\"$bogus\": 1}')"
                + " where kind = 'rule' and key in ('hero-returning', 'promotion-france')";
        assertThat(statement.executeUpdate(sql)).isEqualTo(2);
      }
      server.stop();
      server.restart();
      var visitor = server.visitor().in("FR").accepts();
      visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
      assertThat(visitor.page("/").variants())
          .containsEntry("hero", "enterprise")
          .containsEntry("promotion", "default");
      assertThat(server.visitor().in("DE").page("/").variant("promotion")).isEqualTo("germany");
    }
  }
}
