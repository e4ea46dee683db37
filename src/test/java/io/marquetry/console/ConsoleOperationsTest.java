package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static io.marquetry.console.ConsoleRig.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.AssemblyMessage.Rendered;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.Removed;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.IdentityMessage.Connection;
import io.marquetry.bus.IdentityMessage.Connections;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Backfills;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.ProfileView;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.console.core.Permissions;
import io.marquetry.console.core.Role;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Operations as a script calls them, over HTTP. The tests share a server and use keys of their own.
 */
class ConsoleOperationsTest {
  private static final Map<String, Integer> OTHERS =
      Map.of("identity", 1, "segmentation", 2, "decisioning", 1);
  private static final Id128 DEVICE = new Ids(new byte[32]).device("demo", "ann");
  private static final Id128 PROFILE = new Id128(1, 65);
  private static final Id128 DECISION = new Id128(0xabcdefL << 40, 2);

  private static ConsoleRig console;
  private static String token;
  private static @Nullable QueryDecisions asked;

  @BeforeAll
  static void start() {
    console = new ConsoleRig(TestPostgres.freshDatabase(), ConsoleRig.PASSWORD, OTHERS).start();
    token = console.adminToken();
    OTHERS.forEach(ConsoleOperationsTest::confirmDefinitions);
    ok("sites.put", "{'key':'demo','identify':'trusted'}");
    ok(
        "components.put",
        "{'key':'hero','fields':[{'key':'t','type':'text'}],'template':'<b>{{t}}</b>'}");
    serveOthers();
  }

  @AfterAll
  static void close() {
    console.close();
  }

  private static void confirmDefinitions(String component, int instances) {
    for (int i = 0; i < instances; i++) {
      await(
          console.rig.bus.serve(
              Addresses.define(component).to(i), define -> Future.succeededFuture(Done.DONE)));
    }
  }

  private static void serveOthers() {
    var bus = console.rig.bus;
    await(
        bus.serve(
            Addresses.IDENTIFIERS,
            of ->
                Future.succeededFuture(
                    new Identifiers(
                        of.keys().contains(DEVICE) ? PROFILE : of.keys().getFirst(), of.keys()))));
    var fill = new FillState(3, List.of("b"), List.of("vip"), 40, List.of(100L, 90L), false);
    await(
        bus.serve(
            Addresses.BACKFILLS,
            of -> Future.succeededFuture(new Backfills(List.of(fill), "", Map.of("vip", 2L)))));
    await(
        bus.serve(
            Addresses.CONNECTIONS,
            of ->
                Future.succeededFuture(
                    new Connections(
                        of.profile(),
                        List.of(of.profile()),
                        List.of(
                            new Connection(
                                7, 1_000, "cookie", of.profile(), DEVICE, new Id128(3, 3))),
                        List.of(),
                        List.of()))));
    for (int owner = 0; owner < 2; owner++) {
      var member = new Member(new Id128(owner, owner), 1_000L * owner);
      await(
          bus.serve(
              Addresses.MEMBERS.to(owner),
              of -> Future.succeededFuture(new Members(10, List.of(member)))));
      await(
          bus.serve(
              Addresses.TRY_CONDITION.to(owner),
              of ->
                  Future.succeededFuture(new Tried(1_000, 200, 45, 50, 55, List.of("did that")))));
      await(
          bus.serve(
              Addresses.ping("segmentation").to(owner),
              ping -> Future.succeededFuture(new Pong("segmentation", 0, "ready", 7))));
    }
    // 65 & 63 = 1: the profile lives with owner 1 of 2
    await(
        bus.serve(
            Addresses.PROFILE.to(1),
            of ->
                Future.succeededFuture(
                    new ProfileView(
                        of.profile().equals(PROFILE)
                            ? Map.of("profileId", PROFILE.toString(), "site", "demo")
                            : null))));
    await(
        bus.serve(
            Addresses.GET_CONSENT,
            of ->
                Future.succeededFuture(
                    new ConsentState(
                        DEVICE.equals(of.device()) ? Purposes.ALL : Purposes.NONE,
                        3,
                        0,
                        "banner",
                        true))));
    await(
        bus.serve(
            Addresses.QUERY_DECISIONS,
            query -> {
              asked = query;
              boolean other = query.decision() != null && !query.decision().equals(DECISION);
              return Future.succeededFuture(
                  other
                      ? new Decisions(List.of())
                      : new Decisions(
                          List.of(decision()),
                          List.of(
                              new Exposed("demo", DECISION, List.of("hero"), 7_000),
                              new Exposed("elsewhere", DECISION, List.of("hero"), 8_000))));
            }));
    await(
        bus.serve(
            Addresses.RENDER,
            of ->
                Future.succeededFuture(
                    new Rendered("<b>" + of.component() + of.variant() + "</b>", of.live()))));
  }

  private static DecisionRecord decision() {
    return new DecisionRecord(
        DECISION,
        0,
        "demo",
        Mode.PERSONALIZED,
        PROFILE,
        "home",
        List.of(
            new Choice(
                "hero", "v", "rule", List.of(new Reason("rule", "r", "because")), 1, 0.5, -1)),
        Map.of("visits", 2),
        3,
        "0123456789abcdef",
        1_500);
  }

  private static Map<String, Object> ok(String operation, String body) {
    return console.ok(token, operation, body);
  }

  private static void assertRefused(String operation, String body, int status, String text) {
    var answer = console.call(token, operation, body);
    assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(status);
    assertThat(answer.body().toString()).contains(text);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Map<String, Object> answer, String field) {
    return (List<Object>) Objects.requireNonNull(answer.get(field));
  }

  @Test
  void segments_putGetListDelete_comeRound() {
    var put = ok("segments.put", "{'key':'vip','name':'VIPs','condition':{'traits.plan':'vip'}}");
    assertThat(put).containsEntry("key", "vip").containsEntry("version", 1L);
    var got = ok("segments.get", "{'key':'vip'}");
    assertThat(got).containsAllEntriesOf(put).containsEntry("size", 20L);
    assertThat(got)
        .containsEntry("backfill", Map.of("state", "running", "done", 40L, "total", 100L))
        .containsEntry("cut", 2L);
    assertThat(list(ok("segments.list", "{}"), "segments").toString()).contains("VIPs");
    // what was got can be put back as it is
    var again = console.post("segments.put", Json.write(got), bearer());
    assertThat(again.body()).containsEntry("version", 1L);
    assertThat(ok("segments.delete", "{'key':'vip'}")).containsEntry("deleted", true);
    assertRefused("segments.get", "{'key':'vip'}", 404, "there is no segment vip");
  }

  private static String[] bearer() {
    return new String[] {"Authorization", "Bearer " + token};
  }

  @Test
  void segmentsPut_fault_namesItsField() {
    var answer = console.call(token, "segments.put", "{'key':'x','condition':{'a':{'$nope':1}}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body().toString())
        .contains("code=invalid")
        .contains("field=condition.a.$nope")
        .contains("unknown operator");
  }

  @Test
  void put_basedOnAnOldVersion_isAConflict() {
    ok("sites.put", "{'key':'two','name':'A'}");
    ok("sites.put", "{'key':'two','name':'B','version':1}");
    assertRefused("sites.put", "{'key':'two','name':'C','version':1}", 409, "current one is 2");
  }

  @Test
  void segmentsMembers_overAllOwners_areMergedNewestFirst() {
    ok("segments.put", "{'key':'m','condition':{'x':1}}");
    var members = ok("segments.members", "{'key':'m','limit':5}");
    assertThat(members).containsEntry("size", 20L);
    assertThat(list(members, "profiles"))
        .containsExactly(
            Map.of("profileId", new Id128(1, 1).toString(), "since", "1970-01-01T00:00:01Z"),
            Map.of("profileId", new Id128(0, 0).toString(), "since", "1970-01-01T00:00:00Z"));
    assertRefused("segments.members", "{'key':'gone'}", 404, "gone");
  }

  /** Each owner has 1000 profiles, of which 200 were tried. */
  @Test
  void segmentsPreview_overAllOwners_isAnEstimateWithItsInterval() {
    var preview = ok("segments.preview", "{'condition':{'x':1}}");
    assertThat(preview)
        .containsEntry("estimate", 500L)
        .containsEntry("sample", 400L)
        .containsEntry("population", 2_000L)
        .containsEntry("exact", false)
        .containsEntry("unsure", 20L)
        .containsEntry("notCounted", List.of("did that"))
        .containsKey("millis");
    var interval = list(preview, "interval").stream().map(Long.class::cast).toList();
    assertThat(interval.getFirst()).isBetween(350L, 450L);
    assertThat(interval.getLast()).isBetween(550L, 650L);
    assertRefused("segments.preview", "{}", 422, "field=condition");
    assertRefused("segments.preview", "{'condition':{},'smaple':1}", 422, "smaple");
  }

  @Test
  void variants_publishRollbackHistory_comeRound() {
    var v = "{'component':'hero','key':'v'}";
    ok("variants.put", "{'component':'hero','key':'v','content':{'t':'one'},'status':'draft'}");
    assertThat(ok("variants.publish", v)).containsEntry("status", "published");
    ok("variants.put", "{'component':'hero','key':'v','content':{'t':'two'},'status':'published'}");
    var back = ok("variants.rollback", v);
    assertThat(back)
        .containsEntry("content", Map.of("t", "one"))
        .containsEntry("status", "published")
        .containsEntry("version", 4L);
    var first = ok("variants.rollback", "{'component':'hero','key':'v','version':1}");
    assertThat(first).containsEntry("status", "draft");
    assertThat(list(ok("variants.history", v), "versions")).hasSize(5);
    assertThat(list(ok("variants.list", "{'component':'hero'}"), "variants")).hasSize(1);
    assertThat(list(ok("variants.list", "{'component':'other'}"), "variants")).isEmpty();
    assertRefused(
        "variants.rollback", "{'component':'hero','key':'v','version':9}", 404, "earlier");
    assertRefused("variants.publish", "{'component':'hero','key':'w'}", 404, "hero/w");
  }

  @Test
  void rulesAndPages_putAndDelete() {
    ok("variants.put", "{'component':'hero','key':'r','content':{'t':'x'},'status':'published'}");
    ok("rules.put", "{'key':'r1','component':'hero','priority':5,'then':{'show':'r'}}");
    assertRefused("variants.delete", "{'component':'hero','key':'r'}", 409, "rule r1");
    ok("rules.delete", "{'key':'r1'}");
    ok("variants.delete", "{'component':'hero','key':'r'}");
    ok("pages.put", "{'key':'p','site':'demo','path':'/p/*','template':'<h1>hi</h1>'}");
    assertThat(ok("pages.get", "{'key':'p'}")).containsEntry("path", "/p/*");
    assertThat(list(ok("pages.list", "{'site':'demo'}"), "pages")).hasSize(1);
    ok("pages.delete", "{'key':'p'}");
  }

  @Test
  void holdout_notSet_isZeroUntilItIs() {
    assertThat(ok("holdout.get", "{}")).containsEntry("percent", 0L);
    ok("holdout.put", "{'percent':5,'salt':'s'}");
    assertThat(ok("holdout.get", "{}")).containsEntry("percent", 5L).containsEntry("version", 1L);
    assertRefused("holdout.put", "{'percent':180}", 422, "0 to 100");
  }

  @Test
  void keys_createListRevoke_comeRound() {
    var created = ok("keys.create", "{'site':'demo','kind':'server','name':'ci'}");
    assertThat(String.valueOf(created.get("key"))).startsWith("sk_");
    var listed = ok("keys.list", "{'site':'demo'}").toString();
    assertThat(listed).contains("ci").doesNotContain(String.valueOf(created.get("key")));
    ok("keys.revoke", "{'id':'" + created.get("id") + "'}");
    assertThat(ok("keys.create", "{'site':'demo','kind':'write','key':'demo'}"))
        .containsEntry("key", "demo");
  }

  @Test
  void conditionsTest_growthBookForm_isEvaluated() {
    var attributes = "'attributes':{'age':30,'tags':['a']}";
    assertThat(ok("conditions.test", "{'condition':{'age':{'$gte':30}}," + attributes + "}"))
        .containsEntry("result", true);
    assertThat(ok("conditions.test", "{'condition':{'tags':'b'}," + attributes + "}"))
        .containsEntry("result", false);
    var group = "{'condition':{'age':{'$inGroup':'g'}},'groups':{'g':[30]}," + attributes + "}";
    assertThat(ok("conditions.test", group)).containsEntry("result", true);
    assertRefused("conditions.test", "{'condition':7}", 422, "condition");
    assertRefused("conditions.test", "{'condition':{},'groups':{'g':1}}", 422, "groups.g");
  }

  @Test
  void componentsRender_asksAssembly() {
    var rendered = ok("components.render", "{'component':'hero','variant':'v','live':{'a':1}}");
    assertThat(rendered).containsEntry("html", "<b>herov</b>");
  }

  @Test
  void profilesGet_byDeviceOrProfile_isThePersonWithConsentAndNoted() {
    var found = ok("profiles.get", "{'id':'anonymous:ann','site':'demo'}");
    assertThat(found).containsEntry("profileId", PROFILE.toString());
    assertThat(String.valueOf(found.get("merges"))).contains("evidence=cookie", "position=7");
    assertThat(String.valueOf(found.get("consent")))
        .contains("personalization=true")
        .contains("banner");
    assertThat(String.valueOf(ok("profiles.get", "{'id':'" + PROFILE + "'}").get("consent")))
        .contains("personalization=false");
    assertRefused("profiles.get", "{'id':'" + new Id128(9, 1) + "'}", 404, "no such profile");
    assertRefused("profiles.get", "{'id':'ann'}", 422, "profile id");
    var trail = ok("audit.query", "{'operation':'profiles.get','target':'" + PROFILE + "'}");
    assertThat(list(trail, "entries")).hasSize(2);
  }

  @Test
  void decisionsQuery_filters_arePassedOnAndAnswersAreReadable() {
    var body =
        "{'visitor':'anonymous:ann','site':'demo','component':'hero','from':'1970-01-01T00:00:01Z',"
            + "'to':5000,'limit':7}";
    var found = list(ok("decisions.query", body), "decisions");
    assertThat(asked)
        .isEqualTo(new QueryDecisions(null, PROFILE, "hero", null, null, 1_000L, 5_000L, 7));
    assertThat(found.toString())
        .contains("decisionId=" + DECISION)
        .contains("mode=personalized")
        .contains("propensity=0.5")
        .contains("text=because")
        .contains("definitionsVersion=0123456789abcdef")
        .contains("millis=1.5");
    assertRefused("decisions.query", "{'visiter':'x'}", 422, "visiter");
  }

  @Test
  void decisionsGet_known_isShownInFullWithItsExposures() {
    var body = "{'decisionId':'" + DECISION + "'}";
    assertThat(ok("decisions.get", body).toString())
        .contains("decisionId=" + DECISION)
        .contains("variant=v")
        .contains("exposures=[{")
        .contains("1970-01-01T00:00:07Z")
        .doesNotContain("1970-01-01T00:00:08Z");
    assertRefused("decisions.get", "{'decisionId':'" + PROFILE + "'}", 404, "decisionId");
    assertRefused("decisions.get", "{'decisionId':'x'}", 422, "decisionId");
    assertRefused("decisions.get", "{}", 422, "decisionId");
  }

  @Test
  void decisionsExplain_known_saysWhyInPlainWords() {
    var explained = ok("decisions.explain", "{'decisionId':'" + DECISION + "'}");
    assertThat(explained)
        .containsEntry("mode", "personalized")
        .containsEntry("basis", "the visitor's profile: 1 values were read")
        .containsEntry("signals", Map.of("visits", 2L));
    assertThat(list(explained, "components").toString())
        .contains("because=[because]")
        .contains("kind=rule");
  }

  @Test
  void retention_putGetAndRun_haveTheirShapes() throws Exception {
    assertThat(ok("retention.get", "{}")).containsEntry("decisions", Map.of("days", 0L));
    ok("retention.put", "{'decisions':{'days':30}}");
    assertThat(ok("retention.get", "{}")).containsEntry("decisions", Map.of("days", 30L));
    assertRefused("retention.put", "{'decisions':{'days':-1}}", 422, "decisions.days");
    var bus = console.rig.bus;
    await(
        bus.serve(
            Addresses.RUN_RETENTION,
            asked -> Future.succeededFuture(new Removed(List.of("2026-01-31")))));
    assertThat(ok("retention.run", "{}"))
        .containsEntry("removed", Map.of("decisions", List.of("2026-01-31")));
  }

  @Test
  void deadLetters_nobodyServesThem_isUnavailable() {
    assertRefused("events.deadletters", "{}", 503, "unavailable");
  }

  @Test
  void systemStatus_allComponents_areThereWithTheirState() {
    var status = ok("system.status", "{}");
    assertThat(status).containsEntry("version", "1.2.3").containsKey("uptimeSeconds");
    assertThat(list(status, "verticles"))
        .contains(
            Map.of("name", "catalogue", "instances", 1L, "state", "ready", "lag", 0L),
            Map.of("name", "segmentation", "instances", 2L, "state", "ready", "lag", 7L),
            Map.of("name", "decisioning", "instances", 1L, "state", "not reachable", "lag", 0L),
            Map.of("name", "http", "instances", 1L, "state", "ready", "lag", 0L));
    assertThat(String.valueOf(status.get("definitions"))).contains("revision");
    assertThat(status).as("ten at each of two owners").containsEntry("profiles", 20L);
    assertThat(list(ok("system.components", "{}"), "components")).hasSize(6);
  }

  @Test
  void users_rolesAndPasswords_takeEffectAtOnce() {
    ok("users.put", "{'name':'vera','password':'something long','roles':['viewer']}");
    var vera = console.token("vera", "something long");
    for (var operation : Permissions.ALL.entrySet()) {
      if (operation.getValue() != Role.VIEWER) {
        var answer = console.call(vera, operation.getKey(), "{}");
        assertThat(answer.status()).as(operation.getKey()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("forbidden");
      }
    }
    assertThat(console.call(vera, "sites.list", "{}").status()).isEqualTo(200);
    ok("users.put", "{'name':'vera','roles':['viewer','marketer']}");
    assertThat(console.call(vera, "segments.put", "{}").status()).isEqualTo(422);
    ok("users.put", "{'name':'vera','roles':['viewer']}");
    assertThat(console.call(vera, "sites.list", "{}").status()).isEqualTo(401);
    assertThat(ok("users.list", "{}").toString()).contains("vera").doesNotContain("argon2");
    var trail = ok("audit.query", "{'target':'vera'}").toString();
    assertThat(trail).contains("users.put").doesNotContain("argon2").doesNotContain("something");
  }

  @Test
  void users_disabledOrDeleted_areOutAtOnce() {
    ok("users.put", "{'name':'dan','password':'something long','roles':['viewer']}");
    var dan = console.token("dan", "something long");
    ok("users.put", "{'name':'dan','disabled':true}");
    assertThat(console.call(dan, "sites.list", "{}").status()).isEqualTo(401);
    assertThat(console.login("dan", "something long").status()).isEqualTo(401);
    ok("users.put", "{'name':'dan','disabled':false}");
    dan = console.token("dan", "something long");
    ok("users.delete", "{'name':'dan'}");
    assertThat(console.call(dan, "sites.list", "{}").status()).isEqualTo(401);
    assertRefused("users.delete", "{'name':'dan'}", 404, "dan");
  }

  @Test
  void users_wrongOnes_areRefused() {
    var roles = "'password':'something long','roles':";
    assertRefused("users.put", "{'name':'a b'," + roles + "['viewer']}", 422, "name");
    assertRefused("users.put", "{'name':'demo'," + roles + "['viewer']}", 422, "name");
    assertRefused("users.put", "{'name':'x'," + roles + "['root']}", 422, "there is no role root");
    assertRefused("users.put", "{'name':'x'," + roles + "[]}", 422, "at least one role");
    assertRefused("users.put", "{'name':'x','roles':['viewer']}", 422, "password");
    assertRefused("users.put", "{'name':'x','password':'short','roles':['viewer']}", 422, "10");
  }

  @Test
  void users_lastAdmin_cannotGo() {
    assertRefused("users.delete", "{'name':'admin'}", 409, "somebody has to stay");
    assertRefused("users.put", "{'name':'admin','disabled':true}", 409, "somebody has to stay");
    assertRefused("users.put", "{'name':'admin','roles':['viewer']}", 409, "somebody has to stay");
  }

  @Test
  void call_badForms_areToldApart() {
    assertThat(console.call(token, "no.such", "{}").status()).isEqualTo(404);
    assertThat(console.call(token, "sites.list", "{'a':").status()).isEqualTo(400);
    assertThat(console.call(token, "sites.list", "[]").status()).isEqualTo(400);
    assertThat(console.call(token, "sites.list", "").status()).isEqualTo(200);
    assertThat(console.post("sites.put", new byte[257 * 1024], bearer()).status()).isEqualTo(413);
    assertThat(console.get("/v1/admin/sites.list").status()).isEqualTo(405);
    assertThat(console.post("sites.list", json("{}"), bearer()).header("X-Content-Type-Options"))
        .isEqualTo("nosniff");
  }

  @Test
  void page_isServedUnderAStrictPolicy() {
    var page = console.get("/console/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    var html = new String(page.response().body(), StandardCharsets.UTF_8);
    assertThat(html).doesNotContain("style=").doesNotContainPattern("<script(?![^>]*src)");
    for (var file : List.of("console.js", "bridge.js", "views.js", "console.css", "icon.svg")) {
      assertThat(console.get("/console/" + file).status()).as(file).isEqualTo(200);
    }
    assertThat(console.get("/console/../bridge.js").status()).isEqualTo(404);
    assertThat(console.get("/console/nothing.js").status()).isEqualTo(404);
    assertThat(console.get("/console").header("Location")).isEqualTo("/console/");
  }
}
