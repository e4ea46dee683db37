package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tracking plan on a running server: what breaks it goes apart, and is taken after the fix. */
@Tag("server")
class GovernanceTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static void define(String key, String event, String mode, String totalType) {
    SERVER
        .admin(
            "schemas.put",
            Map.of(
                "key", key,
                "event", event,
                "site", "demo",
                "mode", mode,
                "schema",
                    Map.of(
                        "type", "object",
                        "required", List.of("total"),
                        "properties", Map.of("total", Map.of("type", totalType)))))
        .expect(200);
  }

  private static Answer letters(String reason, String messageId) {
    return SERVER
        .admin(
            "events.deadletters",
            Map.of("site", "demo", "reason", reason, "messageId", messageId, "limit", 10))
        .expect(200);
  }

  private static double events(String device) {
    return SERVER.profile("anonymous:" + device).number("events");
  }

  @Test
  void badEvent_schemaFixed_retriedTwice_countsOnce() {
    define("plan-renewed", "Plan Renewed", "enforce", "number");
    var visitor = SERVER.visitor().accepts();
    var bad = track("Plan Renewed", Map.of("total", "12,50"));
    var answer = visitor.send(page("/"), bad, page("/products")).expect(200);
    assertThat(answer.text("rejected.0.code")).isEqualTo("schema");
    assertThat(answer.number("rejected.0.index")).isEqualTo(1);
    assertThat(answer.text("rejected.0.message")).contains("plan-renewed", "total");
    assertThat(events(visitor.deviceId())).as("one bad event spoils no other").isEqualTo(2);
    assertThat(visitor.send(track("Plan Renewed", Map.of())).expect(400).text("error.code"))
        .isEqualTo("schema");

    var letter = letters("schema", bad.messageId());
    assertThat(letter.text("deadLetters.0.stage")).isEqualTo("ingest");
    assertThat(letter.text("deadLetters.0.detail")).contains("total");
    assertThat(letter.text("deadLetters.0.payload")).contains("12,50");
    var id = (long) letter.number("deadLetters.0.id");
    var again = SERVER.admin("events.retry", Map.of("ids", List.of(id))).expect(200);
    assertThat(again.number("outcomes.schema")).isEqualTo(1);
    assertThat(events(visitor.deviceId())).isEqualTo(2);

    define("plan-renewed", "Plan Renewed", "enforce", "string");
    var taken = SERVER.admin("events.retry", Map.of("ids", List.of(id))).expect(200);
    assertThat(taken.number("outcomes.stored")).isEqualTo(1);
    assertThat(events(visitor.deviceId())).isEqualTo(3);
    var twice = SERVER.admin("events.retry", Map.of("ids", List.of(id))).expect(200);
    assertThat(twice.number("tried")).isZero();
    assertThat(events(visitor.deviceId())).isEqualTo(3);
    var marked = letters("schema", bad.messageId());
    assertThat(marked.text("deadLetters.0.outcome")).isEqualTo("stored");
    assertThat(marked.text("deadLetters.0.payload")).isEmpty();
    assertThat(EventLog.messageIds(SERVER)).containsOnlyOnce(bad.messageId());
  }

  @Test
  void warning_eventIsTakenAndItsSenderTold() {
    define("trial-ended", "Trial Ended", "warn", "number");
    var visitor = SERVER.visitor().accepts();
    var answer = visitor.send(track("Trial Ended", Map.of())).expect(200);
    assertThat(answer.text("warnings.0.code")).isEqualTo("schema");
    assertThat(events(visitor.deviceId())).isEqualTo(1);
    assertThat(SERVER.get("/metrics").body())
        .contains("marquetry_schema_violations_total{mode=\"warn\",schema=\"trial-ended\"");
  }

  @Test
  void messageId_reusedForAnotherBody_goesApart() {
    var visitor = SERVER.visitor().accepts();
    var first = track("Clicked", Map.of("button", "a"));
    visitor.send(first).expect(200);
    var other = track("Clicked", Map.of("button", "b")).id(first.messageId());
    var answer = visitor.send(first, other).expect(200);
    assertThat(answer.number("duplicates")).isEqualTo(1);
    assertThat(answer.text("rejected.0.code")).isEqualTo("message_id_reuse");
    assertThat(visitor.send(other).expect(400).text("error.code")).isEqualTo("message_id_reuse");
    assertThat(visitor.send(first).expect(200).number("duplicates")).isEqualTo(1);
    assertThat(events(visitor.deviceId())).isEqualTo(1);
    assertThat(letters("message_id_reuse", first.messageId()).list("deadLetters")).hasSize(2);
  }

  @Test
  void schemas_putListGetDelete_andFaultsAreNamed() {
    define("seen", "Seen", "enforce", "number");
    assertThat(SERVER.admin("schemas.get", Map.of("key", "seen")).text("target"))
        .isEqualTo("properties");
    assertThat(SERVER.admin("schemas.list", Map.of("site", "demo")).list("schemas"))
        .extracting(one -> Answer.at(one, "key"))
        .contains("seen");
    var same = Map.of("key", "seen-2", "event", "Seen", "site", "demo", "schema", Map.of());
    assertThat(SERVER.adminAnswer("schemas.put", same).expect(409).text("error.field"))
        .isEqualTo("event");
    var none = Map.of("key", "x", "event", "X", "schema", Map.of("type", "objekt"));
    assertThat(SERVER.adminAnswer("schemas.put", none).expect(422).text("error.field"))
        .isEqualTo("schema");
    SERVER.admin("schemas.delete", Map.of("key", "seen")).expect(200);
    SERVER.adminAnswer("schemas.get", Map.of("key", "seen")).expect(404);
  }

  @Test
  void events_query_findsWhatAVisitorDidAndIsAudited() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/", "/products");
    var id = "anonymous:" + visitor.deviceId();
    var found = SERVER.admin("events.query", Map.of("visitor", id, "type", "page", "limit", 10));
    assertThat(found.list("events"))
        .extracting(one -> Answer.at(one, "context.page.path"))
        .containsExactly("/products", "/");
    assertThat(SERVER.admin("audit.query", Map.of("operation", "events.query")).list("entries"))
        .extracting(one -> Answer.at(one, "target"))
        .contains(id);
    assertThat(SERVER.adminAnswer("events.retry", Map.of()).expect(422).text("error.field"))
        .isEqualTo("ids");
  }
}
