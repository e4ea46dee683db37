package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.GeoFileWriter;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can be told of a visit moves segments, and decides pages, by one and the same telling. */
@Tag("server")
class EnrichmentTest {
  private static final String PHONE =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1";

  @RegisterExtension
  static final RunningServer SERVER =
      RunningServer.with().config("{\"geo\":{\"database\":\"%s\"}}".formatted(places())).prepared();

  private static String places() {
    try {
      var file = Files.createTempDirectory(Path.of("target"), "geo").resolve("geo.mmdb");
      var lyon =
          Map.of(
              "country",
              Map.of("iso_code", "FR"),
              "subdivisions",
              List.of(Map.of("iso_code", "ARA")));
      return new GeoFileWriter()
          .add("203.0.113.0/24", lyon)
          .write(file)
          .toAbsolutePath()
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void pageView_deviceRoadPageAndPlace_areTold() {
    var condition =
        Map.of(
            "device.class", "mobile",
            "geo.country", "FR",
            "session.referrerChannel", "paid",
            "campaign.network", "google",
            "$did",
                Map.of(
                    "event",
                    "page",
                    "where",
                    Map.of(
                        "context.page.topic", "tools",
                        "context.device.os", "iOS",
                        "context.referrer.source", "Google"),
                    "within",
                    "session",
                    "count",
                    Map.of("$gte", 1)));
    SERVER
        .admin("segments.put", Map.of("key", "told", "name", "Told", "condition", condition))
        .expect(200);
    var visitor =
        SERVER
            .visitor()
            .header("User-Agent", PHONE)
            .header("X-Forwarded-For", "203.0.113.77")
            .accepts();
    visitor.send(landing()).expect(200);
    assertThat(SERVER.segments("anonymous:" + visitor.deviceId())).contains("told");
    assertThat(SERVER.column("select convert_from(payload, 'UTF8') from event_log"))
        .as("an address is looked at and let go")
        .noneMatch(payload -> payload.contains("203.0.113"));
  }

  private static io.marquetry.testkit.Beacon landing() {
    return page("/products/chisel-set")
        .with(
            "context",
            Map.of(
                "page",
                Map.of(
                    "path", "/products/chisel-set",
                    "url", SERVER.base() + "/products/chisel-set?gclid=g1",
                    "referrer", "https://www.google.fr/search?q=chisel")));
  }

  @Test
  void decide_pageOfATopic_isDecidedByTheSamePatterns() {
    var rule =
        Map.of(
            "key",
            "tools-page",
            "component",
            "hero",
            "priority",
            900,
            "when",
            Map.of("context.page.topic", "tools", "device.class", "mobile"),
            "then",
            Map.of("show", "welcome-back"),
            "enabled",
            true);
    SERVER.admin("rules.put", rule).expect(200);
    assertThat(hero("/products/dovetail-saw")).isEqualTo("welcome-back");
    assertThat(hero("/products/slat-chair")).isNotEqualTo("welcome-back");
  }

  private static String hero(String path) {
    var question =
        Map.of(
            "writeKey",
            "demo",
            "context",
            Map.of("url", SERVER.base() + path, "userAgent", PHONE),
            "components",
            List.of("hero"),
            "dryRun",
            true);
    return SERVER.post("/v1/decide", question).expect(200).text("decisions.0.variant");
  }

  @Test
  void metrics_enrichments_areMeasured() {
    SERVER.visitor().accepts().looksAt("/", "/products");
    Until.untilAsserted(
        "figures are told once a second",
        () -> {
          var metrics = SERVER.get("/metrics").body();
          assertThat(metrics)
              .contains("marquetry_enrichment_runs_total{enrichment=\"user_agent\"")
              .contains("marquetry_enrichment_answers_total{enrichment=\"page\"")
              .contains("stage=\"ingest\"")
              .contains("marquetry_geography_total{outcome=\"unknown\"");
        });
  }
}
