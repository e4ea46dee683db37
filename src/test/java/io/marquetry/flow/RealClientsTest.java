package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.Browser;
import io.marquetry.testkit.NodeClients;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.StaticSite;
import io.marquetry.testkit.Until;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Segment's own clients deliver here as they are: nothing of them is changed or stubbed. */
@Tag("server")
@Tag("clients")
class RealClientsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @BeforeAll
  static void install() {
    NodeClients.install();
  }

  private static void allows(String anonymousId) {
    var body =
        Map.of(
            "anonymousId",
            anonymousId,
            "purposes",
            Map.of("analytics", true, "personalization", true, "marketing", true));
    SERVER.exchange("PUT", "/v1/consent", body, Map.of("X-Write-Key", "demo")).expect(200);
  }

  @Test
  void analyticsNode_unchanged_itsEventsReachTheProfile() {
    allows("node-device");
    NodeClients.script("node.mjs", SERVER.base(), "demo", "node-device", "node-user");

    var profile = SERVER.profile("user:node-user");
    assertThat(profile.number("events")).isEqualTo(5);
    assertThat(profile.text("traits.plan")).isEqualTo("trial");
    assertThat(profile.number("traits.seats")).isEqualTo(12);
    assertThat(profile.list("segments")).contains("trial-users");
    assertThat(profile.list("identities"))
        .extracting(identity -> Answer.at(identity, "value"))
        .contains("node-device", "node-user");
    assertThat(EventLog.read(SERVER))
        .filteredOn(row -> row.text("userId").equals("node-user"))
        .extracting(row -> row.text("type"))
        .containsExactly("identify", "page", "track", "group", "screen");
  }

  @Test
  void analyticsNode_noConsent_isDeliveredAndOnlyCounted() {
    long before = counted();
    NodeClients.script("node.mjs", SERVER.base(), "demo", "silent-device", "silent-user");
    assertThat(counted()).isEqualTo(before + 5);
    assertThat(Traces.of(SERVER, "silent-device")).isEmpty();
    assertThat(Traces.of(SERVER, "silent-user")).isEmpty();
  }

  private static long counted() {
    return SERVER.count("select coalesce(sum(n), 0)::bigint from aggregate_count");
  }

  /** On a site of another origin, set up by the settings that our server gives out. */
  @Test
  void analyticsNext_unchanged_itsEventsReachTheProfile() {
    try (var site =
            StaticSite.of(NodeClients.file("."))
                .with("/umd", NodeClients.file("node_modules/@segment/analytics-next/dist/umd"));
        var browser = Browser.start();
        var visit = browser.visit(site.base())) {
      var page = visit.open("/browser.html");
      page.evaluate(
          """
          async ([cdnURL, writeKey]) => {
            const [analytics] = await AnalyticsNext.AnalyticsBrowser.load({ cdnURL, writeKey });
            window.analytics = analytics;
          }
          """,
          new String[] {SERVER.base(), "demo"});
      var device = String.valueOf(page.evaluate("window.analytics.user().anonymousId()"));
      allows(device);
      page.evaluate(
          """
          async () => {
            await analytics.page("Pricing", { path: "/pricing/enterprise" });
            await analytics.track("Product Viewed", { productId: "slat-chair", category: "seating" });
            await analytics.identify("next-user", { industry: "education" });
          }
          """);

      Until.untilAsserted(
          "three events arrive",
          () -> assertThat(SERVER.profile("user:next-user").number("events")).isEqualTo(3));
      var profile = SERVER.profile("user:next-user");
      assertThat(profile.text("traits.industry")).isEqualTo("education");
      assertThat(profile.list("identities"))
          .extracting(identity -> Answer.at(identity, "value"))
          .contains(device, "next-user");
      assertThat(visit.complaints()).isEmpty();
    }
  }
}
