package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static io.marquetry.console.ConsoleNeighbours.DECISION;
import static io.marquetry.console.ConsoleNeighbours.PROFILE;
import static io.marquetry.console.OperatedConsole.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.Removed;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is known of a visitor, what was decided for them, and for how long that is kept. */
class VisitorOperationsTest {
  @RegisterExtension static final OperatedConsole CONSOLE = new OperatedConsole();

  @Test
  void profilesGet_byDeviceOrProfile_isThePersonWithConsentAndNoted() {
    var found = CONSOLE.ok("profiles.get", "{'id':'anonymous:ann','site':'demo'}");
    assertThat(found).containsEntry("profileId", PROFILE.toString());
    assertThat(String.valueOf(found.get("merges"))).contains("evidence=cookie", "position=7");
    assertThat(String.valueOf(found.get("consent")))
        .contains("personalization=true")
        .contains("banner");
    assertThat(
            String.valueOf(CONSOLE.ok("profiles.get", "{'id':'" + PROFILE + "'}").get("consent")))
        .contains("personalization=false");
    CONSOLE.assertRefused(
        "profiles.get", "{'id':'" + new Id128(9, 1) + "'}", 404, "no such profile");
    CONSOLE.assertRefused("profiles.get", "{'id':'ann'}", 422, "profile id");
    var trail =
        CONSOLE.ok("audit.query", "{'operation':'profiles.get','target':'" + PROFILE + "'}");
    assertThat(list(trail, "entries")).hasSize(2);
  }

  @Test
  void decisionsQuery_filters_arePassedOnAndAnswersAreReadable() {
    var body =
        "{'visitor':'anonymous:ann','site':'demo','component':'hero','from':'1970-01-01T00:00:01Z',"
            + "'to':5000,'limit':7}";
    var found = list(CONSOLE.ok("decisions.query", body), "decisions");
    assertThat(CONSOLE.neighbours.asked)
        .isEqualTo(new QueryDecisions(null, PROFILE, "hero", null, null, 1_000L, 5_000L, 7));
    assertThat(found.toString())
        .contains("decisionId=" + DECISION)
        .contains("mode=personalized")
        .contains("propensity=0.5")
        .contains("text=because")
        .contains("definitionsVersion=0123456789abcdef")
        .contains("millis=1.5");
    CONSOLE.assertRefused("decisions.query", "{'visiter':'x'}", 422, "visiter");
  }

  @Test
  void decisionsGet_known_isShownInFullWithItsExposures() {
    var body = "{'decisionId':'" + DECISION + "'}";
    assertThat(CONSOLE.ok("decisions.get", body).toString())
        .contains("decisionId=" + DECISION)
        .contains("variant=v")
        .contains("exposures=[{")
        .contains("1970-01-01T00:00:07Z")
        .doesNotContain("1970-01-01T00:00:08Z");
    CONSOLE.assertRefused("decisions.get", "{'decisionId':'" + PROFILE + "'}", 404, "decisionId");
    CONSOLE.assertRefused("decisions.get", "{'decisionId':'x'}", 422, "decisionId");
    CONSOLE.assertRefused("decisions.get", "{}", 422, "decisionId");
  }

  @Test
  void decisionsExplain_known_saysWhyInPlainWords() {
    var explained = CONSOLE.ok("decisions.explain", "{'decisionId':'" + DECISION + "'}");
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
    assertThat(CONSOLE.ok("retention.get", "{}")).containsEntry("decisions", Map.of("days", 0L));
    CONSOLE.ok("retention.put", "{'decisions':{'days':30}}");
    assertThat(CONSOLE.ok("retention.get", "{}")).containsEntry("decisions", Map.of("days", 30L));
    CONSOLE.assertRefused("retention.put", "{'decisions':{'days':-1}}", 422, "decisions.days");
    var bus = CONSOLE.rig.rig.bus;
    await(
        bus.serve(
            Addresses.RUN_RETENTION,
            asked -> Future.succeededFuture(new Removed(List.of("2026-01-31")))));
    assertThat(CONSOLE.ok("retention.run", "{}"))
        .containsEntry("removed", Map.of("decisions", List.of("2026-01-31")));
  }

  @Test
  void deadLetters_nobodyServesThem_isUnavailable() {
    CONSOLE.assertRefused("events.deadletters", "{}", 503, "unavailable");
  }
}
