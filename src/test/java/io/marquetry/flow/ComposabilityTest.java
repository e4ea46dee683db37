package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Visitor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Any component can be left out: the server starts, and the others work at the level that {@code
 * docs/degraded.md} promises.
 */
@Tag("server")
class ComposabilityTest {
  private static RunningServer without(String component) {
    return RunningServer.with().without(component).start();
  }

  private static Visitor prospect(RunningServer server) {
    var visitor = server.visitor().in("DE").accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    return visitor;
  }

  private static Answer decide(RunningServer server, Visitor visitor) {
    var body =
        Map.of(
            "writeKey", RunningServer.DEMO,
            "anonymousId", visitor.deviceId(),
            "context", Map.of("geo", Map.of("country", "DE")),
            "components", List.of("hero", "promotion"));
    return server.post("/v1/decide", body);
  }

  /** Pages take every path that nobody else takes, and there is none at this one. */
  private static void notHere(Answer answer) {
    assertThat(answer.status()).isEqualTo(404);
  }

  private static void runs(RunningServer server, String without) {
    server.get("/health/live").expect(200);
    var status = server.admin("system.status", Map.of());
    assertThat(status.list("verticles"))
        .extracting(one -> Answer.at(one, "name"))
        .doesNotContain(without)
        .contains("catalogue", "http");
  }

  @Test
  void withoutDecisioning_pagesShowWhatAnybodyMaySeeAndEventsAreApplied() {
    try (var server = without("decisioning")) {
      runs(server, "decisioning");
      var visitor = prospect(server);
      assertThat(visitor.page("/").variants())
          .containsEntry("hero", "brand")
          .containsEntry("cta", "default");
      assertThat(server.segments("anonymous:" + visitor.deviceId()))
          .contains("enterprise-prospects");
      notHere(decide(server, visitor));
      assertThat(server.adminAnswer("decisions.query", Map.of()).status()).isEqualTo(503);
    }
  }

  @Test
  void withoutAssembly_decisionsAreServedAndPagesAreNot() {
    try (var server = without("assembly")) {
      runs(server, "assembly");
      var visitor = prospect(server);
      var decided = decide(server, visitor).expect(200);
      assertThat(decided.text("mode")).isEqualTo("personalized");
      assertThat(decided.text("decisions.0.variant")).isEqualTo("enterprise");
      assertThat(decided.text("decisions.0.content.ctaLabel")).isEqualTo("Read the case study");
      assertThat(server.get("/").status()).isEqualTo(404);
      server.get("/mq.js").expect(200);
    }
  }

  @Test
  void withoutConsole_definedSitesGoOn() {
    try (var server = RunningServer.with().start()) {
      server.stop();
      server.restart(RunningServer.with().without("console"));
      server.get("/health/ready").expect(200);
      assertThat(prospect(server).page("/").variant("hero")).isEqualTo("enterprise");
      notHere(server.post("/v1/admin/system.status", Map.of()));
      assertThat(server.get("/console/").status()).isEqualTo(404);
    }
  }

  @Test
  void withoutSegmentation_eventsAreStoredAndAppliedLater() {
    try (var server = without("segmentation")) {
      runs(server, "segmentation");
      var visitor = prospect(server);
      assertThat(server.count("select count(*) from event_log")).isEqualTo(3);
      var shown = visitor.page("/");
      assertThat(shown.variants())
          .containsEntry("hero", "brand")
          .containsEntry("promotion", "germany");
      assertThat(decide(server, visitor).expect(200).text("mode")).isEqualTo("contextual");
      server.stop();

      server.restart(RunningServer.with());
      server.settled();
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
    }
  }

  @Test
  void withoutIdentity_eventsAreStoredAndPagesContextual() {
    try (var server = without("identity")) {
      runs(server, "identity");
      var visitor = prospect(server);
      assertThat(server.count("select count(*) from event_log")).isEqualTo(3);
      assertThat(visitor.page("/").variants())
          .containsEntry("hero", "brand")
          .containsEntry("promotion", "germany");
      assertThat(decide(server, visitor).expect(200).text("mode")).isEqualTo("contextual");
      server.stop();

      server.restart(RunningServer.with());
      server.settled();
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
    }
  }

  @Test
  void withoutModels_componentsThatGoByOneTakeTheirNextStep() {
    try (var server = without("models")) {
      runs(server, "models");
      server.admin("models.put", Map.of("key", "ranker", "url", "http://127.0.0.1:9"));
      var hero = new HashMap<>(server.admin("components.get", Map.of("key", "hero")).json());
      hero.put("strategy", Map.of("kind", "model", "model", "ranker"));
      server.admin("components.put", hero);
      var visitor = server.visitor().in("DE").accepts();
      visitor.looksAt("/");
      assertThat(visitor.page("/").variant("hero")).isNotEmpty();
      assertThat(server.adminAnswer("models.test", Map.of("key", "ranker")).status())
          .isEqualTo(503);
      notHere(server.post("/v2/models/ranker/infer", Map.of()));
    }
  }

  @Test
  void withoutIngest_pagesAreDecidedByWhatIsKnown() {
    try (var server = RunningServer.with().start()) {
      var visitor = prospect(server);
      server.stop();
      server.restart(RunningServer.with().without("ingest"));
      runs(server, "ingest");
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
      notHere(visitor.send(page("/")));
    }
  }

  @Test
  void withoutConsent_nothingIsKeptAndPagesAreContextual() {
    try (var server = without("consent")) {
      runs(server, "consent");
      var visitor = server.visitor().in("DE");
      assertThat(visitor.send(page("/").by("a")).expect(200).number("aggregateOnly")).isEqualTo(1);
      assertThat(visitor.page("/").variant("promotion")).isEqualTo("germany");
      notHere(visitor.consents(Map.of("analytics", true)));
    }
  }
}
