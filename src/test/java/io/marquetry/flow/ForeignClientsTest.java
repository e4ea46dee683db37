package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.NodeClients;
import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of other products deliver here as they are: only the address they are given is ours. */
@Tag("server")
@Tag("clients")
class ForeignClientsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @BeforeAll
  static void install() {
    NodeClients.install();
  }

  private static void allows(String anonymousId) {
    var purposes = Map.of("analytics", true, "personalization", true, "marketing", true);
    var body = Map.of("anonymousId", anonymousId, "purposes", purposes);
    SERVER.exchange("PUT", "/v1/consent", body, Map.of("X-Write-Key", "demo")).expect(200);
  }

  private static List<String> typesOf(String userId) {
    return EventLog.read(SERVER).stream()
        .filter(row -> row.text("userId").equals(userId))
        .map(row -> row.text("type"))
        .toList();
  }

  private static void assertKnown(Answer profile, String device, String user) {
    assertThat(profile.text("traits.plan")).isEqualTo("trial");
    assertThat(profile.number("traits.seats")).isEqualTo(12);
    assertThat(profile.list("segments")).contains("trial-users");
    assertThat(profile.list("identities"))
        .extracting(identity -> Answer.at(identity, "value"))
        .contains(device, user);
  }

  @Test
  void rudderSdkNode_unchanged_itsEventsReachTheProfile() {
    allows("rudder-device");
    NodeClients.script("rudder.cjs", SERVER.base(), "demo", "rudder-device", "rudder-user");

    var profile = SERVER.profile("user:rudder-user");
    assertThat(profile.number("events")).isEqualTo(6);
    assertKnown(profile, "rudder-device", "rudder-user");
    assertThat(typesOf("rudder-user"))
        .containsExactly("identify", "page", "track", "group", "screen", "alias");
  }

  @Test
  void jitsuInABrowser_unchanged_itsEventsReachTheProfile() {
    allows("jitsu-device");
    NodeClients.script("jitsu.mjs", SERVER.base(), "demo", "jitsu-device", "jitsu-user");

    var profile = SERVER.profile("user:jitsu-user");
    assertThat(profile.number("events")).isEqualTo(4);
    assertKnown(profile, "jitsu-device", "jitsu-user");
    assertThat(typesOf("jitsu-user")).containsExactly("identify", "page", "track", "group");
  }

  @ParameterizedTest
  @ValueSource(strings = {"post", "get"})
  void snowplowNodeTracker_unchanged_itsEventsReachTheProfile(String method) {
    var device = "snowplow-device-" + method;
    var user = "snowplow-user-" + method;
    allows(device);
    NodeClients.script("snowplow.mjs", SERVER.base(), "demo", device, user, method);

    var profile = SERVER.profile("user:" + user);
    assertThat(profile.number("events")).isEqualTo(10);
    assertThat(profile.list("identities"))
        .extracting(identity -> Answer.at(identity, "value"))
        .contains(device, user);
    assertThat(EventLog.read(SERVER))
        .filteredOn(row -> row.text("userId").equals(user))
        .extracting(row -> row.text("type") + " " + row.text("event"))
        .containsExactlyInAnyOrder(
            "page ",
            "track Page Pinged",
            "track Product Viewed",
            "track Product Added",
            "track Link Clicked",
            "screen ",
            "track play",
            "track quiz_done",
            "track Order Completed",
            "track Product Purchased");
  }

  /** Anonymous on the server's side: delivered, counted, and kept nowhere. */
  @Test
  void snowplowNodeTracker_anonymous_isDeliveredAndOnlyCounted() {
    long stored = SERVER.count("select count(*) from event_log");
    long counted = SERVER.count("select coalesce(sum(n), 0)::bigint from aggregate_count");
    NodeClients.script("snowplow.mjs", SERVER.base(), "demo", "none", "none", "post", "anonymous");
    assertThat(SERVER.count("select count(*) from event_log")).isEqualTo(stored);
    assertThat(SERVER.count("select coalesce(sum(n), 0)::bigint from aggregate_count"))
        .isEqualTo(counted + 10);
  }

  /** What our server says to poison makes the tracker give up instead of sending it for ever. */
  @Test
  void snowplowNodeTracker_unknownAppId_givesUp() {
    assertThatThrownBy(
            () -> NodeClients.script("snowplow.mjs", SERVER.base(), "nobody", "d", "u", "post"))
        .hasMessageContaining("\"status\":401")
        .hasMessageContaining("\"willRetry\":false");
  }

  /** On a site that takes no browser's word, the secret of the pair is what is believed. */
  @Test
  void jitsuOnAServer_unchanged_speaksForUsersWithItsSecret() {
    SERVER.admin("sites.put", Map.of("key", "strict", "consentDefault", "granted"));
    var write = SERVER.admin("keys.create", Map.of("site", "strict", "kind", "write")).text("key");
    var server =
        SERVER.admin("keys.create", Map.of("site", "strict", "kind", "server")).text("key");

    NodeClients.script("jitsu.mjs", SERVER.base(), write, "s2s-device", "s2s-user", server);
    NodeClients.script("jitsu.mjs", SERVER.base(), write, "other-device", "claimed-user");

    var known = SERVER.admin("profiles.get", Map.of("id", "user:s2s-user", "site", "strict"));
    assertKnown(known, "s2s-device", "s2s-user");
    var claimed =
        SERVER.admin("profiles.get", Map.of("id", "anonymous:other-device", "site", "strict"));
    assertThat(claimed.list("identities"))
        .filteredOn(identity -> "claimed-user".equals(Answer.at(identity, "value")))
        .allSatisfy(identity -> assertThat(Answer.at(identity, "verified")).isEqualTo(false));
    SERVER
        .adminAnswer("profiles.get", Map.of("id", "user:claimed-user", "site", "strict"))
        .expect(404);
  }
}
