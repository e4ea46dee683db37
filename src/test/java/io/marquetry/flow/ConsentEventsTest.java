package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.Beacon;
import io.marquetry.testkit.NodeClients;
import io.marquetry.testkit.RunningServer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Consent as Segment's clients tell it: with each event, and by the event of a change. */
@Tag("server")
class ConsentEventsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @BeforeAll
  static void site() {
    SERVER.admin(
        "sites.put",
        Map.of(
            "key",
            "demo",
            "identify",
            "trusted",
            "consentCategories",
            Map.of("Measuring", "analytics", "Suggestions", List.of("personalization"))));
  }

  private static Beacon stating(Beacon beacon, Map<String, Object> preferences) {
    return beacon.with("context", Map.of("consent", Map.of("categoryPreferences", preferences)));
  }

  private static Beacon update(String device, Map<String, Object> preferences) {
    return stating(
        Beacon.track("Segment Consent Preference Updated", Map.of()).by(device), preferences);
  }

  private static Answer send(Beacon... beacons) {
    return SERVER.post("/v1/batch", Beacon.batch("demo", beacons)).expect(200);
  }

  private static Answer consent(String device) {
    return SERVER
        .exchange("GET", "/v1/consent?anonymousId=" + device, null, Map.of("X-Write-Key", "demo"))
        .expect(200);
  }

  @Test
  void update_grant_holdsFromThatEventOn() {
    var answer =
        send(
            Beacon.page("/before").by("d1"),
            update("d1", Map.of("Measuring", true, "Suggestions", true)),
            Beacon.page("/after").by("d1"));
    assertThat(answer.number("aggregateOnly")).isEqualTo(1);
    assertThat(answer.at("consent"))
        .isEqualTo(Map.of("analytics", true, "personalization", true, "marketing", false));
    assertThat(SERVER.profile("anonymous:d1").number("events")).isEqualTo(2);
    var stored = consent("d1");
    assertThat(stored.at("purposes.analytics")).isEqualTo(true);
    assertThat(stored.at("source")).isEqualTo("segment");
  }

  @Test
  void update_withdrawal_leavesNoTraceOfItselfAndStopsEverything() {
    send(update("d2", Map.of("Measuring", true)), Beacon.page("/a").by("d2"));
    long stored = SERVER.count("select count(*) from event_log");
    var answer = send(update("d2", Map.of("Measuring", false)), Beacon.page("/b").by("d2"));
    assertThat(answer.number("aggregateOnly")).isEqualTo(2);
    assertThat(SERVER.count("select count(*) from event_log")).isEqualTo(stored);
    assertThat(consent("d2").at("purposes.analytics")).isEqualTo(false);
  }

  /** The event's own word counts for that event; what is on record stays. */
  @Test
  void event_thatRefuses_isOnlyCountedAndChangesNothing() {
    send(update("d3", Map.of("Measuring", true)));
    var answer =
        send(
            stating(Beacon.page("/a").by("d3"), Map.of("Measuring", false)),
            stating(Beacon.page("/b").by("d3"), Map.of("Advertising", false)));
    assertThat(answer.number("aggregateOnly")).isEqualTo(1);
    assertThat(SERVER.profile("anonymous:d3").number("events")).isEqualTo(2);
    assertThat(consent("d3").at("purposes.analytics")).isEqualTo(true);
  }

  @Test
  void update_toldLate_doesNotOutweighANewerChoice() {
    var purposes = Map.of("analytics", true, "personalization", true, "marketing", true);
    SERVER
        .exchange(
            "PUT",
            "/v1/consent",
            Map.of("anonymousId", "d4", "purposes", purposes),
            Map.of("X-Write-Key", "demo"))
        .expect(200);
    send(update("d4", Map.of("Measuring", false)).at(Instant.now().minusSeconds(3_600)));
    assertThat(consent("d4").at("purposes.analytics")).isEqualTo(true);
  }

  /** Snowplow's event of a choice is the same, from the tracker as it is. */
  @Test
  @Tag("clients")
  void snowplowConsent_unchangedTracker_isAChoice() {
    NodeClients.install();
    NodeClients.script("snowplow-consent.mjs", SERVER.base(), "demo", "d5", "allow_selected");
    var chosen = consent("d5");
    assertThat(chosen.at("purposes"))
        .isEqualTo(Map.of("analytics", true, "personalization", false, "marketing", false));
    assertThat(SERVER.profile("anonymous:d5").number("events")).isEqualTo(1);
    NodeClients.script("snowplow-consent.mjs", SERVER.base(), "demo", "d5", "deny_all");
    assertThat(consent("d5").at("purposes.analytics")).isEqualTo(false);
  }
}
