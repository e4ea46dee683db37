package io.marquetry.console;

import static io.marquetry.console.ConsoleRig.json;
import static io.marquetry.console.OperatedConsole.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Operations on definitions as a script calls them over HTTP, and the console as a whole. */
class ConsoleOperationsTest {
  @RegisterExtension static final OperatedConsole CONSOLE = new OperatedConsole();

  @Test
  void segments_putGetListDelete_comeRound() {
    var put =
        CONSOLE.ok("segments.put", "{'key':'vip','name':'VIPs','condition':{'traits.plan':'vip'}}");
    assertThat(put).containsEntry("key", "vip").containsEntry("version", 1L);
    var got = CONSOLE.ok("segments.get", "{'key':'vip'}");
    assertThat(got).containsAllEntriesOf(put).containsEntry("size", 20L);
    assertThat(got)
        .containsEntry("backfill", Map.of("state", "running", "done", 40L, "total", 100L))
        .containsEntry("cut", 2L);
    assertThat(list(CONSOLE.ok("segments.list", "{}"), "segments").toString()).contains("VIPs");
    // what was got can be put back as it is
    var again = CONSOLE.rig.post("segments.put", Json.write(got), CONSOLE.bearer());
    assertThat(again.body()).containsEntry("version", 1L);
    assertThat(CONSOLE.ok("segments.delete", "{'key':'vip'}")).containsEntry("deleted", true);
    CONSOLE.assertRefused("segments.get", "{'key':'vip'}", 404, "there is no segment vip");
  }

  @Test
  void segmentsPut_fault_namesItsField() {
    var answer = CONSOLE.call("segments.put", "{'key':'x','condition':{'a':{'$nope':1}}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body().toString())
        .contains("code=invalid")
        .contains("field=condition.a.$nope")
        .contains("unknown operator");
  }

  @Test
  void put_basedOnAnOldVersion_isAConflict() {
    CONSOLE.ok("sites.put", "{'key':'two','name':'A'}");
    CONSOLE.ok("sites.put", "{'key':'two','name':'B','version':1}");
    CONSOLE.assertRefused(
        "sites.put", "{'key':'two','name':'C','version':1}", 409, "current one is 2");
  }

  @Test
  void segmentsMembers_overAllOwners_areMergedNewestFirst() {
    CONSOLE.ok("segments.put", "{'key':'m','condition':{'x':1}}");
    var members = CONSOLE.ok("segments.members", "{'key':'m','limit':5}");
    assertThat(members).containsEntry("size", 20L);
    assertThat(list(members, "profiles"))
        .containsExactly(
            Map.of("profileId", new Id128(1, 1).toString(), "since", "1970-01-01T00:00:01Z"),
            Map.of("profileId", new Id128(0, 0).toString(), "since", "1970-01-01T00:00:00Z"));
    CONSOLE.assertRefused("segments.members", "{'key':'gone'}", 404, "gone");
  }

  /** Each owner has 1000 profiles, of which 200 were tried. */
  @Test
  void segmentsPreview_overAllOwners_isAnEstimateWithItsInterval() {
    var preview = CONSOLE.ok("segments.preview", "{'condition':{'x':1}}");
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
    CONSOLE.assertRefused("segments.preview", "{}", 422, "field=condition");
    CONSOLE.assertRefused("segments.preview", "{'condition':{},'smaple':1}", 422, "smaple");
  }

  @Test
  void variants_publishRollbackHistory_comeRound() {
    var v = "{'component':'hero','key':'v'}";
    CONSOLE.ok(
        "variants.put", "{'component':'hero','key':'v','content':{'t':'one'},'status':'draft'}");
    assertThat(CONSOLE.ok("variants.publish", v)).containsEntry("status", "published");
    CONSOLE.ok(
        "variants.put",
        "{'component':'hero','key':'v','content':{'t':'two'},'status':'published'}");
    var back = CONSOLE.ok("variants.rollback", v);
    assertThat(back)
        .containsEntry("content", Map.of("t", "one"))
        .containsEntry("status", "published")
        .containsEntry("version", 4L);
    var first = CONSOLE.ok("variants.rollback", "{'component':'hero','key':'v','version':1}");
    assertThat(first).containsEntry("status", "draft");
    assertThat(list(CONSOLE.ok("variants.history", v), "versions")).hasSize(5);
    assertThat(list(CONSOLE.ok("variants.list", "{'component':'hero'}"), "variants")).hasSize(1);
    assertThat(list(CONSOLE.ok("variants.list", "{'component':'other'}"), "variants")).isEmpty();
    CONSOLE.assertRefused(
        "variants.rollback", "{'component':'hero','key':'v','version':9}", 404, "earlier");
    CONSOLE.assertRefused("variants.publish", "{'component':'hero','key':'w'}", 404, "hero/w");
  }

  @Test
  void rulesAndPages_putAndDelete() {
    CONSOLE.ok(
        "variants.put", "{'component':'hero','key':'r','content':{'t':'x'},'status':'published'}");
    CONSOLE.ok("rules.put", "{'key':'r1','component':'hero','priority':5,'then':{'show':'r'}}");
    CONSOLE.assertRefused("variants.delete", "{'component':'hero','key':'r'}", 409, "rule r1");
    CONSOLE.ok("rules.delete", "{'key':'r1'}");
    CONSOLE.ok("variants.delete", "{'component':'hero','key':'r'}");
    CONSOLE.ok("pages.put", "{'key':'p','site':'demo','path':'/p/*','template':'<h1>hi</h1>'}");
    assertThat(CONSOLE.ok("pages.get", "{'key':'p'}")).containsEntry("path", "/p/*");
    assertThat(list(CONSOLE.ok("pages.list", "{'site':'demo'}"), "pages")).hasSize(1);
    CONSOLE.ok("pages.delete", "{'key':'p'}");
  }

  @Test
  void holdout_notSet_isZeroUntilItIs() {
    assertThat(CONSOLE.ok("holdout.get", "{}")).containsEntry("percent", 0L);
    CONSOLE.ok("holdout.put", "{'percent':5,'salt':'s'}");
    assertThat(CONSOLE.ok("holdout.get", "{}"))
        .containsEntry("percent", 5L)
        .containsEntry("version", 1L);
    CONSOLE.assertRefused("holdout.put", "{'percent':180}", 422, "0 to 100");
  }

  @Test
  void keys_createListRevoke_comeRound() {
    var created = CONSOLE.ok("keys.create", "{'site':'demo','kind':'server','name':'ci'}");
    assertThat(String.valueOf(created.get("key"))).startsWith("sk_");
    var listed = CONSOLE.ok("keys.list", "{'site':'demo'}").toString();
    assertThat(listed).contains("ci").doesNotContain(String.valueOf(created.get("key")));
    CONSOLE.ok("keys.revoke", "{'id':'" + created.get("id") + "'}");
    assertThat(CONSOLE.ok("keys.create", "{'site':'demo','kind':'write','key':'demo'}"))
        .containsEntry("key", "demo");
  }

  @Test
  void conditionsTest_growthBookForm_isEvaluated() {
    var attributes = "'attributes':{'age':30,'tags':['a']}";
    assertThat(
            CONSOLE.ok("conditions.test", "{'condition':{'age':{'$gte':30}}," + attributes + "}"))
        .containsEntry("result", true);
    assertThat(CONSOLE.ok("conditions.test", "{'condition':{'tags':'b'}," + attributes + "}"))
        .containsEntry("result", false);
    var group = "{'condition':{'age':{'$inGroup':'g'}},'groups':{'g':[30]}," + attributes + "}";
    assertThat(CONSOLE.ok("conditions.test", group)).containsEntry("result", true);
    CONSOLE.assertRefused("conditions.test", "{'condition':7}", 422, "condition");
    CONSOLE.assertRefused("conditions.test", "{'condition':{},'groups':{'g':1}}", 422, "groups.g");
  }

  @Test
  void componentsRender_asksAssembly() {
    var rendered =
        CONSOLE.ok("components.render", "{'component':'hero','variant':'v','live':{'a':1}}");
    assertThat(rendered).containsEntry("html", "<b>herov</b>");
  }

  @Test
  void systemStatus_allComponents_areThereWithTheirState() {
    var status = CONSOLE.ok("system.status", "{}");
    assertThat(status).containsEntry("version", "1.2.3").containsKey("uptimeSeconds");
    assertThat(list(status, "verticles"))
        .contains(
            Map.of("name", "catalogue", "instances", 1L, "state", "ready", "lag", 0L),
            Map.of("name", "segmentation", "instances", 2L, "state", "ready", "lag", 7L),
            Map.of("name", "decisioning", "instances", 1L, "state", "not reachable", "lag", 0L),
            Map.of("name", "http", "instances", 1L, "state", "ready", "lag", 0L));
    assertThat(String.valueOf(status.get("definitions"))).contains("revision");
    assertThat(status).as("ten at each of two owners").containsEntry("profiles", 20L);
    assertThat(list(CONSOLE.ok("system.components", "{}"), "components")).hasSize(6);
  }

  @Test
  void call_badForms_areToldApart() {
    assertThat(CONSOLE.call("no.such", "{}").status()).isEqualTo(404);
    assertThat(CONSOLE.call("sites.list", "{'a':").status()).isEqualTo(400);
    assertThat(CONSOLE.call("sites.list", "[]").status()).isEqualTo(400);
    assertThat(CONSOLE.call("sites.list", "").status()).isEqualTo(200);
    assertThat(CONSOLE.rig.post("sites.put", new byte[257 * 1024], CONSOLE.bearer()).status())
        .isEqualTo(413);
    assertThat(CONSOLE.rig.get("/v1/admin/sites.list").status()).isEqualTo(405);
    assertThat(
            CONSOLE
                .rig
                .post("sites.list", json("{}"), CONSOLE.bearer())
                .header("X-Content-Type-Options"))
        .isEqualTo("nosniff");
  }

  @Test
  void page_isServedUnderAStrictPolicy() {
    var page = CONSOLE.rig.get("/console/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    var html = new String(page.response().body(), StandardCharsets.UTF_8);
    assertThat(html).doesNotContain("style=").doesNotContainPattern("<script(?![^>]*src)");
    for (var file : List.of("console.js", "bridge.js", "views.js", "console.css", "icon.svg")) {
      assertThat(CONSOLE.rig.get("/console/" + file).status()).as(file).isEqualTo(200);
    }
    assertThat(CONSOLE.rig.get("/console/../bridge.js").status()).isEqualTo(404);
    assertThat(CONSOLE.rig.get("/console/nothing.js").status()).isEqualTo(404);
    assertThat(CONSOLE.rig.get("/console").header("Location")).isEqualTo("/console/");
  }
}
