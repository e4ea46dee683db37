package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.Beacon;
import io.marquetry.testkit.Browser;
import io.marquetry.testkit.NodeClients;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.StaticSite;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of other products speak here as they are: only the address they are given is ours. */
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

  /** On a server: the user or the visitor whom the key names, with what a page would show them. */
  @Test
  void openFeatureOnAServer_unchanged_getsWhatAPageWouldShow() {
    var key = SERVER.admin("keys.create", Map.of("site", "demo", "kind", "server")).text("key");
    var visitor = SERVER.visitor().accepts();
    var device = visitor.deviceId();
    var before = evaluated(key, "hero", device);
    assertThat(before).allMatch(one -> one.text("variant").equals("brand"));

    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise/a", "/pricing/enterprise/b");
    visitor.send(Beacon.identify("open-user", Map.of())).expect(200);

    for (var name : List.of(device, "anonymous:" + device, "user:open-user", "open-user")) {
      var details = evaluated(key, "hero", name);
      assertThat(details).hasSize(2);
      for (var one : details) {
        assertThat(one.text("variant")).as(name).isEqualTo("enterprise");
        assertThat(one.text("reason")).isEqualTo("TARGETING_MATCH");
        assertThat(one.text("value.headline")).startsWith("Furnish four floors");
        assertThat(one.text("flagMetadata.mode")).isEqualTo("personalized");
        assertThat(one.number("flagMetadata.propensity")).isEqualTo(1);
        var decision = Map.<String, Object>of("decisionId", one.text("flagMetadata.decisionId"));
        assertThat(
                SERVER.admin("decisions.query", decision).text("decisions.0.decisions.0.variant"))
            .isEqualTo("enterprise");
      }
    }
    assertThat(evaluated(key, "no-such-component", device))
        .allMatch(one -> one.text("errorCode").equals("FLAG_NOT_FOUND"))
        .allMatch(one -> Boolean.TRUE.equals(one.at("value.fallback")));
    assertThat(evaluated("nobody", "hero", device))
        .allMatch(one -> one.text("reason").equals("ERROR"));
  }

  private static List<Answer> evaluated(String key, String flag, String targetingKey) {
    return NodeClients.script("ofrep.mjs", SERVER.base(), key, flag, targetingKey)
        .lines()
        .map(line -> new Answer(200, Map.of(), line))
        .toList();
  }

  /** In a browser, on a page of another origin: what changes is shown without asking again. */
  @Test
  void openFeatureInABrowser_unchanged_followsTheVisitorAndTheDefinitions() {
    var visitor = SERVER.visitor().accepts();
    var device = visitor.deviceId();
    try (var site = StaticSite.of(NodeClients.file("."));
        var browser = Browser.start();
        var visit = browser.visit(site.base())) {
      var page = visit.open("/ofrep.html");
      var context = Map.of("targetingKey", device);
      page.evaluate(
          "([base, key, context]) => window.begin(base, key, context)",
          List.of(SERVER.base(), "demo", context));
      assertThat(page.evaluate("shown('hero')")).isEqualTo("brand");
      assertThat(page.evaluate("details('hero').value.headline")).asString().startsWith("Made to");

      visitor.looksAt("/pricing/enterprise", "/pricing/enterprise/a", "/pricing/enterprise/b");
      page.waitForFunction("shown('hero') === 'enterprise'");

      visitor.refuses();
      page.waitForFunction("shown('hero') === 'brand'");

      var brand = SERVER.admin("variants.get", Map.of("component", "hero", "key", "brand"));
      var changed = new LinkedHashMap<>(brand.json());
      var content = new LinkedHashMap<>(object(changed.get("content")));
      content.put("headline", "Published a moment ago");
      changed.put("content", content);
      changed.remove("version");
      SERVER.admin("variants.put", changed);
      page.waitForFunction("details('hero').value.headline === 'Published a moment ago'");

      page.evaluate(
          "context => window.context(context)",
          Map.of("targetingKey", device, "geo", Map.of("country", "NO")));
      assertThat(page.evaluate("details('hero').flagMetadata.mode")).isEqualTo("contextual");
      assertThat(visit.complaints()).isEmpty();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object json) {
    return (Map<String, Object>) Objects.requireNonNull(json);
  }
}
