package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who refuses leaves nothing behind but counts, and still gets a page that fits. */
@Tag("server")
class RefusalTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  /** What an earlier test decided is written down before rows are counted. */
  @BeforeEach
  void decisionsAreWritten() {
    SERVER.admin("decisions.query", Map.of("limit", 1));
  }

  @Test
  void refusal_withoutAnId_givesNoneAndRecordsNothing() {
    var before = Traces.rows(SERVER);
    var visitor = SERVER.visitor();
    var answer = visitor.refuses();
    assertThat(answer.header("Set-Cookie")).isEmpty();
    assertThat(visitor.cookie("mq_id")).isEmpty();
    assertThat(Traces.rows(SERVER)).isEqualTo(before);
  }

  @Test
  void beacons_afterRefusal_areOnlyCounted() {
    var needle = "needle-in-the-log";
    var visitor = SERVER.visitor().header("User-Agent", "Mozilla/5.0 needle-agent/1.0");
    visitor.refuses();
    long counted = counts("track");
    var before = Traces.rows(SERVER);

    var answer =
        visitor
            .send(
                track("Product Viewed", Map.of("productId", needle)).by(needle),
                identify(needle, Map.of("email", needle + "@example.org")).by(needle),
                page("/" + needle).by(needle))
            .expect(200);

    assertThat(answer.number("aggregateOnly")).isEqualTo(3);
    assertThat(answer.header("Set-Cookie")).isEmpty();
    var after = Traces.rows(SERVER);
    before.remove("aggregate_count");
    after.remove("aggregate_count");
    assertThat(after).isEqualTo(before);
    assertThat(counts("track")).isEqualTo(counted + 1);
    assertThat(Traces.of(SERVER, needle)).isEmpty();
    assertThat(Traces.of(SERVER, "needle-agent")).isEmpty();
    assertThat(SERVER.logs()).doesNotContain("needle");
  }

  private static long counts(String type) {
    return SERVER.count(
        "select coalesce(sum(n), 0)::bigint from aggregate_count where site = 'demo' and type = ?",
        type);
  }

  @Test
  void beaconsWithCookieAlone_noChoiceOnRecord_areOnlyCounted() {
    var answer = SERVER.visitor().send(page("/").by("somebody-new")).expect(200);
    assertThat(answer.number("aggregateOnly")).isEqualTo(1);
    assertThat(Traces.of(SERVER, "somebody-new")).isEmpty();
  }

  @Test
  void page_afterRefusal_isDecidedByTheRequestAlone() {
    var visitor = SERVER.visitor().in("FR");
    visitor.refuses();
    visitor.send(
        page("/pricing/enterprise").by("r1"),
        page("/pricing/enterprise").by("r1"),
        page("/pricing/enterprise").by("r1"));

    var shown = visitor.page("/");

    assertThat(shown.variants())
        .containsEntry("hero", "brand")
        .containsEntry("promotion", "france")
        .containsEntry("cta", "default");
    assertThat(shown.answer().header("Set-Cookie")).isEmpty();
    var decision = SERVER.admin("decisions.query", Map.of("decisionId", shown.decision()));
    assertThat(decision.text("decisions.0.mode")).isEqualTo("contextual");
    assertThat(decision.at("decisions.0.profileId")).isNull();
    // What was read is of the request, and too coarse to tell anybody from anybody else.
    assertThat(decision.at("decisions.0.signals"))
        .isEqualTo(Map.of("geo.country", "FR", "device.class", "desktop"));
    var explained = SERVER.admin("decisions.explain", Map.of("decisionId", shown.decision()));
    assertThat(explained.json().toString()).contains("without geo.country it would show");
  }

  @Test
  void decide_unknownVisitor_isContextualAndFollowsTheRequest() {
    var body =
        Map.of(
            "writeKey",
            RunningServer.DEMO,
            "anonymousId",
            "who-is-this",
            "context",
            Map.of("url", "http://shop.test/", "geo", Map.of("country", "US")),
            "components",
            List.of("hero", "promotion"));
    var decided = SERVER.post("/v1/decide", body).expect(200);
    assertThat(decided.text("mode")).isEqualTo("contextual");
    assertThat(decided.text("decisions.1.variant")).isEqualTo("us");
    assertThat(Traces.of(SERVER, "who-is-this")).isEmpty();
  }
}
