package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Visitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Administration over HTTP: who may what, and the shapes that scripts are written against. */
@Tag("server")
class AdminTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static String user(String name, String... roles) {
    var password = "a password of " + name;
    SERVER.admin("users.put", Map.of("name", name, "password", password, "roles", List.of(roles)));
    return SERVER.login(name, password);
  }

  @Test
  void login_right_givesTokenRolesAndCookie() {
    var answer =
        SERVER
            .post("/v1/admin/login", Map.of("user", "admin", "password", RunningServer.PASSWORD))
            .expect(200);
    assertThat(answer.text("token")).hasSizeGreaterThan(30);
    assertThat(answer.text("expiresAt")).endsWith("Z");
    assertThat(answer.list("roles")).containsExactly("admin");
    assertThat(answer.header("Set-Cookie"))
        .containsIgnoringCase("HttpOnly")
        .contains("SameSite=Strict");
  }

  @Test
  void login_wrong_is401() {
    for (var user : List.of("admin", "nobody")) {
      var answer = SERVER.post("/v1/admin/login", Map.of("user", user, "password", "wrong"));
      assertThat(answer.expect(401).text("error.code")).isEqualTo("unauthorized");
      assertThat(answer.header("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void operation_withoutLogin_is401() {
    SERVER.post("/v1/admin/system.status", Map.of()).expect(401);
    SERVER.as("made-up", "system.status", Map.of()).expect(401);
    SERVER.post("/v1/admin/no.such", Map.of()).expect(401);
  }

  @Test
  void operation_unknown_is404() {
    SERVER.adminAnswer("no.such", Map.of()).expect(404);
  }

  @Test
  void logout_token_isWorthNothingAnyMore() {
    var token = SERVER.login("admin", RunningServer.PASSWORD);
    SERVER.as(token, "logout", Map.of()).expect(200);
    SERVER.as(token, "system.status", Map.of()).expect(401);
  }

  @Test
  void viewer_looksAndChangesNothing() {
    var viewer = user("viewer-1", "viewer");
    SERVER.as(viewer, "segments.list", Map.of()).expect(200);
    SERVER.as(viewer, "system.status", Map.of()).expect(200);
    var segment = Map.of("key", "viewers-own", "name", "n", "condition", Map.of());
    var refused = SERVER.as(viewer, "segments.put", segment).expect(403);
    assertThat(refused.text("error.code")).isEqualTo("forbidden");
    for (var operation : List.of("profiles.get", "audit.query", "users.list", "keys.create")) {
      SERVER.as(viewer, operation, Map.of()).expect(403);
    }
    SERVER.adminAnswer("segments.get", Map.of("key", "viewers-own")).expect(404);
  }

  @ParameterizedTest
  @CsvSource({
    "marketer,segments.put,components.put",
    "analyst,decisions.query,segments.put",
    "engineer,keys.list,variants.put",
    "privacy,profiles.get,rules.put"
  })
  void role_mayDoItsOwnAndNotAnothers(String role, String may, String mayNot) {
    var token = user("user-" + role, role);
    assertThat(SERVER.as(token, may, Map.of()).status()).isNotIn(401, 403);
    SERVER.as(token, mayNot, Map.of()).expect(403);
  }

  @Test
  void roleTakenAway_sessionMayNotAnyMore() {
    var token = user("changing", "marketer");
    var segment = Map.of("key", "changings", "name", "n", "condition", Map.of("visits", 3));
    SERVER.as(token, "segments.put", segment).expect(200);
    SERVER.admin("users.put", Map.of("name", "changing", "roles", List.of("viewer")));
    assertThat(SERVER.as(token, "segments.put", segment).status()).isIn(401, 403);
  }

  @Test
  void page_ofAnotherOrigin_getsNowhere() {
    var token = SERVER.login("admin", RunningServer.PASSWORD);
    var headers =
        Map.of(
            "Cookie", "mq_admin=" + token,
            "Content-Type", "application/json",
            "Origin", "https://evil.example");
    SERVER.exchange("POST", "/v1/admin/system.status", Map.of(), headers).expect(403);
    var own = Map.of("Cookie", "mq_admin=" + token, "Origin", SERVER.base());
    SERVER.exchange("POST", "/v1/admin/system.status", Map.of(), own).expect(200);
    var form = Map.of("Cookie", "mq_admin=" + token, "Content-Type", "text/plain");
    SERVER.exchange("POST", "/v1/admin/system.status", Map.of(), form).expect(401);
  }

  @Test
  void keys_created_workUntilRevoked() {
    var created =
        SERVER.admin("keys.create", Map.of("site", "demo", "kind", "server", "name", "shop"));
    var key = created.text("key");
    var body = page("/").by("by-server").json();
    SERVER.exchange("POST", "/v1/page", body, Map.of("X-Write-Key", key)).expect(200);
    assertThat(SERVER.admin("keys.list", Map.of()).body())
        .contains(created.text("id"))
        .doesNotContain(key);
    SERVER.admin("keys.revoke", Map.of("id", created.text("id")));
    SERVER.exchange("POST", "/v1/page", body, Map.of("X-Write-Key", key)).expect(401);
  }

  @Test
  void segment_putGetMembersDelete_haveTheirShapes() {
    var condition =
        Map.of("$did", Map.of("event", "page", "within", "ever", "count", Map.of("$gte", 2)));
    var put =
        SERVER.admin(
            "segments.put", Map.of("key", "two-pages", "name", "Two", "condition", condition));
    assertThat(put.number("version")).isEqualTo(1);
    assertThat(put.at("condition")).isEqualTo(condition);
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/", "/products");

    var got = SERVER.admin("segments.get", Map.of("key", "two-pages"));
    assertThat(got.number("size")).isGreaterThanOrEqualTo(1);
    var profile = SERVER.profile("anonymous:" + visitor.deviceId());
    var members = SERVER.admin("segments.members", Map.of("key", "two-pages", "limit", 100));
    assertThat(members.list("profiles"))
        .extracting(member -> Answer.at(member, "profileId"))
        .contains(profile.text("profileId"));
    assertThat(members.text("profiles.0.since")).endsWith("Z");

    assertThat(
            SERVER
                .admin(
                    "segments.put",
                    Map.of("key", "two-pages", "name", "Renamed", "condition", condition))
                .number("version"))
        .isEqualTo(2);
    SERVER.admin("segments.delete", Map.of("key", "two-pages"));
    SERVER.adminAnswer("segments.get", Map.of("key", "two-pages")).expect(404);
    assertThat(SERVER.segments("anonymous:" + visitor.deviceId())).doesNotContain("two-pages");
  }

  @Test
  void segment_putWhileVisitorsAreKnown_takesThemIn() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/unusual");
    var condition =
        Map.of(
            "$did",
            Map.of(
                "event",
                "page",
                "where",
                Map.of("context.page.path", "/unusual"),
                "within",
                "session",
                "count",
                Map.of("$gte", 2)));
    SERVER.admin("segments.put", Map.of("key", "unusual", "name", "n", "condition", condition));
    visitor.looksAt("/unusual", "/unusual");
    assertThat(SERVER.segments("anonymous:" + visitor.deviceId())).contains("unusual");
  }

  @Test
  void segment_inUse_isNotDeleted() {
    SERVER.adminAnswer("segments.delete", Map.of("key", "enterprise-prospects")).expect(409);
  }

  @Test
  void put_basedOnAnOlderVersion_is409() {
    var rule = Map.of("key", "stale", "name", "n", "condition", Map.of("visits", 3), "version", 0);
    SERVER.admin("segments.put", rule);
    SERVER.adminAnswer("segments.put", rule).expect(409);
  }

  @Test
  void profile_haveItsShape() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/", "/products");
    var profile = SERVER.profile("anonymous:" + visitor.deviceId());
    assertThat(profile.json())
        .containsKeys(
            "profileId",
            "identities",
            "traits",
            "attributes",
            "segments",
            "consent",
            "visits",
            "firstSeen",
            "lastSeen",
            "events");
    assertThat(profile.text("identities.0.value")).isEqualTo(visitor.deviceId());
    assertThat(profile.text("identities.0.since")).endsWith("Z");
    assertThat(profile.at("consent.purposes.analytics")).isEqualTo(true);
    assertThat(profile.number("visits")).isEqualTo(1);
    SERVER.adminAnswer("profiles.get", Map.of("id", "anonymous:nobody")).expect(404);
    var byId = SERVER.admin("profiles.get", Map.of("id", profile.text("profileId")));
    assertThat(byId.number("events")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void conditions_tested_giveTheResult(boolean expected) {
    Map<String, Object> body =
        Map.of(
            "condition", Map.of("traits.plan", "pro"),
            "attributes", Map.of("traits", Map.of("plan", expected ? "pro" : "free")));
    assertThat(SERVER.admin("conditions.test", body).at("result")).isEqualTo(expected);
  }

  @Test
  void variant_publishedAndRolledBack_isShownAsItWas() {
    var content = SERVER.admin("variants.get", Map.of("component", "hero", "key", "brand")).json();
    @SuppressWarnings("unchecked")
    var changed = new java.util.LinkedHashMap<>((Map<String, Object>) content.get("content"));
    changed.put("headline", "A headline of <today>");
    content.put("content", changed);
    content.remove("version");
    SERVER.admin("variants.put", content);
    assertThat(SERVER.visitor().page("/").html()).contains("A headline of &lt;today&gt;");

    SERVER.admin("variants.rollback", Map.of("component", "hero", "key", "brand"));

    assertThat(SERVER.visitor().page("/").html())
        .doesNotContain("A headline of")
        .contains("Made to fit together");
    var history = SERVER.admin("variants.history", Map.of("component", "hero", "key", "brand"));
    assertThat(history.list("versions")).hasSize(3);
    assertThat(history.text("versions.0.actor")).isEqualTo("admin");
  }

  @Test
  void holdout_half_seeTheBaselineForGoodAndTheOthersDoNot() {
    var visitors = new ArrayList<Visitor>();
    for (int i = 0; i < 24; i++) {
      var visitor = SERVER.visitor().accepts();
      visitor.send(page("/pricing/enterprise"), page("/pricing/enterprise")).expect(200);
      visitor.send(page("/pricing/enterprise")).expect(200);
      visitors.add(visitor);
    }
    SERVER.admin("holdout.put", Map.of("percent", 50, "salt", "s"));
    var modes = modes(visitors);
    var again = modes(visitors);
    SERVER.admin("holdout.put", Map.of("percent", 0, "salt", "s"));

    assertThat(modes).contains("holdout brand", "personalized enterprise");
    assertThat(modes).isSubsetOf("holdout brand", "personalized enterprise");
    assertThat(again).isEqualTo(modes);
    assertThat(modes(visitors)).containsOnly("personalized enterprise");
  }

  private static List<String> modes(List<Visitor> visitors) {
    return visitors.stream()
        .map(visitor -> visitor.page("/"))
        .map(shown -> mode(shown.decision()) + " " + shown.variant("hero"))
        .toList();
  }

  /** A server asks what to show, says what it showed, and everybody can look it up. */
  @Test
  void decision_askedForByAServer_isFoundExplainedAndItsExposuresToo() {
    var key = SERVER.admin("keys.create", Map.of("site", "demo", "kind", "server")).text("key");
    var server = Map.of("Authorization", "Bearer " + key);
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise/a", "/pricing/enterprise/b");
    var id = "anonymous:" + visitor.deviceId();

    var segments = SERVER.exchange("GET", "/v1/profiles/" + id + "/segments", null, server);
    assertThat(segments.expect(200).list("segments")).contains("enterprise-prospects");
    assertThat(segments.text("profileId")).hasSize(32);
    assertThat(segments.number("consentVersion")).isPositive();
    assertThat(segments.text("asOf")).endsWith("Z");
    assertThat(segments.json()).containsKey("attributes");
    var byId = "/v1/profiles/" + segments.text("profileId") + "/segments";
    assertThat(SERVER.exchange("GET", byId, null, server).list("segments"))
        .isEqualTo(segments.list("segments"));
    SERVER.exchange("GET", byId, null, Map.of("X-Write-Key", "demo")).expect(403);
    SERVER.exchange("GET", byId, null, Map.of()).expect(401);
    SERVER.exchange("GET", "/v1/profiles/x/segments", null, server).expect(400);
    SERVER
        .exchange("GET", "/v1/profiles/anonymous:nobody-here/segments", null, server)
        .expect(200)
        .json()
        .forEach((name, value) -> assertThat(value).isNotEqualTo("enterprise-prospects"));

    var body = Map.of("anonymousId", visitor.deviceId(), "components", List.of("hero", "cta"));
    var decided = SERVER.exchange("POST", "/v1/decide", body, server).expect(200);
    var decision = decided.text("decisionId");
    var shown = Map.of("decisionId", decision, "components", List.of("hero"));
    SERVER.exchange("POST", "/v1/exposures", shown, server).expect(200);
    SERVER.exchange("POST", "/v1/exposures", shown, server).expect(200);
    SERVER.exchange("POST", "/v1/exposures", Map.of("decisionId", "x"), server).expect(400);
    SERVER.exchange("POST", "/v1/exposures", shown, Map.of()).expect(401);

    var found = SERVER.admin("decisions.get", Map.of("decisionId", decision));
    assertThat(found.text("decisions.0.variant")).isEqualTo("enterprise");
    assertThat(found.list("exposures")).hasSize(1);
    assertThat(found.text("exposures.0.component")).isEqualTo("hero");
    var explained = SERVER.admin("decisions.explain", Map.of("decisionId", decision));
    assertThat(explained.text("components.0.variant")).isEqualTo("enterprise");
    assertThat(explained.list("components.0.because")).isNotEmpty();
    var query =
        Map.<String, Object>of(
            "visitor", id, "site", "demo", "component", "hero", "variant", "enterprise");
    assertThat(SERVER.admin("decisions.query", query).text("decisions.0.decisionId"))
        .isEqualTo(decision);
    var coverage = SERVER.admin("insights.coverage", Map.of("site", "demo"));
    assertThat(coverage.number("slots.personalized")).isPositive();
    assertThat(coverage.list("byComponent").toString()).contains("component=hero");
    assertThat(coverage.list("bySegment").toString()).contains("segment=enterprise-prospects");
  }

  /** Days of the log that are kept no longer go as a whole. */
  @Test
  void retention_ofDecisions_removesWholeDays() {
    var before = SERVER.count("select count(*) from decision");
    SERVER.count("select 1 from ensure_day_partitions('decision_batch', current_date - 9, 2)");
    SERVER.admin("retention.put", Map.of("decisions", Map.of("days", 5)));
    assertThat(SERVER.admin("retention.run", Map.of()).list("removed.decisions")).hasSize(2);
    assertThat(SERVER.admin("retention.run", Map.of()).list("removed.decisions")).isEmpty();
    SERVER.admin("retention.put", Map.of("bandits", Map.of("days", 5)));
    assertThat(SERVER.admin("retention.get", Map.of()).number("bandits.days")).isEqualTo(5);
    assertThat(SERVER.admin("retention.run", Map.of()).number("removed.bandits.exposures"))
        .isZero();
    SERVER.admin("retention.put", Map.of("decisions", Map.of("days", 0)));
    assertThat(SERVER.count("select count(*) from decision")).isGreaterThanOrEqualTo(before);
  }

  private static String mode(String decision) {
    return SERVER.admin("decisions.query", Map.of("decisionId", decision)).text("decisions.0.mode");
  }

  @Test
  void status_hasItsShape() {
    SERVER.visitor().accepts().looksAt("/");
    var status = SERVER.admin("system.status", Map.of());
    assertThat(status.text("version")).isNotEmpty();
    assertThat(status.number("uptimeSeconds")).isNotNegative();
    assertThat(status.text("log.backend")).isEqualTo("postgresql");
    assertThat(status.number("log.position")).isPositive();
    assertThat(status.number("profiles")).isPositive();
    assertThat(status.number("eventsPerSecond")).isNotNegative();
    assertThat(status.list("verticles"))
        .allSatisfy(
            one -> {
              assertThat((String) Answer.at(one, "name")).isNotEmpty();
              assertThat(Answer.at(one, "state")).isEqualTo("ready");
              assertThat(Answer.at(one, "lag")).isInstanceOf(Number.class);
              assertThat(Answer.at(one, "instances")).isInstanceOf(Number.class);
            });
  }

  @Test
  void changes_areAuditedWithBeforeAndAfter() {
    var segment = Map.of("key", "audited", "name", "One", "condition", Map.of("visits", 3));
    SERVER.admin("segments.put", segment);
    SERVER.admin(
        "segments.put", Map.of("key", "audited", "name", "Two", "condition", Map.of("visits", 3)));
    var audit = SERVER.admin("audit.query", Map.of("limit", 50)).list("entries");
    var mine =
        audit.stream()
            .filter(entry -> String.valueOf(Answer.at(entry, "target")).contains("audited"))
            .toList();
    assertThat(mine).hasSize(2);
    var newest = mine.getFirst();
    assertThat(Answer.at(newest, "actor")).isEqualTo("admin");
    assertThat(Answer.at(newest, "before.name")).isEqualTo("One");
    assertThat(Answer.at(newest, "after.name")).isEqualTo("Two");
  }

  @Test
  void login_triedTooOften_is429() {
    user("guessed", "viewer");
    var statuses =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    SERVER.post(
                        "/v1/admin/login", Map.of("user", "guessed", "password", "guess " + i)))
            .map(Answer::status)
            .toList();
    assertThat(statuses).contains(401, 429).isSubsetOf(401, 429);
  }
}
