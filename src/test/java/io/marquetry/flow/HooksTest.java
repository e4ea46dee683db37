package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What providers of mail and of tickets tell of a person ends in that person's profile. */
@Tag("server")
class HooksTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static String serverKey() {
    return SERVER.admin("keys.create", Map.of("site", "demo", "kind", "server")).text("key");
  }

  @Test
  void mailAndTickets_ofOnePerson_areOneProfileAndCountOnce() {
    var key = serverKey();
    var consent =
        Map.of("userId", "jo", "purposes", Map.of("analytics", true, "personalization", true));
    SERVER
        .exchange("PUT", "/v1/consent", consent, Map.of("Authorization", "Bearer " + key))
        .expect(200);
    var open =
        Map.of("email", "jo@shop.test", "event", "open", "sg_event_id", "e1", "userId", "jo");
    var click =
        Map.of(
            "RecordType", "Click",
            "MessageID", "m1",
            "Recipient", "jo@shop.test",
            "OriginalLink", "https://shop.test/sale",
            "Metadata", Map.of("userId", "jo"));
    var ticket =
        Map.of(
            "topic", "conversation.user.created",
            "id", "n1",
            "data", Map.of("item", Map.of("id", "7", "user", Map.of("id", "c", "user_id", "jo"))));

    hook("sendgrid", key, List.of(open));
    hook("postmark", key, click);
    hook("intercom", key, ticket);
    var again = hook("sendgrid", key, List.of(open));

    assertThat(again.number("duplicates")).isEqualTo(1);
    var profile = SERVER.profile("user:jo");
    assertThat(profile.number("events")).isEqualTo(3);
    assertThat(profile.list("identities"))
        .extracting(identity -> Answer.at(identity, "value"))
        .contains("jo", "email:jo@shop.test");
    assertThat(EventLog.read(SERVER))
        .filteredOn(row -> row.text("userId").equals("jo"))
        .extracting(row -> row.text("event"))
        .containsExactly("Email Opened", "Email Link Clicked", "Ticket Created");
  }

  @Test
  void mail_ofSomebodyWhoAllowedNothing_isOnlyCounted() {
    long stored = SERVER.count("select count(*) from event_log");
    var open = Map.of("email", "stranger@shop.test", "event", "open", "sg_event_id", "e2");
    var answer = hook("sendgrid", serverKey(), List.of(open));
    assertThat(answer.number("aggregateOnly")).isEqualTo(1);
    assertThat(SERVER.count("select count(*) from event_log")).isEqualTo(stored);
    assertThat(Traces.of(SERVER, "stranger@shop.test")).isEmpty();
  }

  private static Answer hook(String provider, String key, Object body) {
    return SERVER
        .exchange("POST", "/v1/hooks/" + provider, body, Map.of("X-Write-Key", key))
        .expect(200);
  }
}
