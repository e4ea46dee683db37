package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static io.marquetry.testkit.Beacon.viewed;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo's rules over visits, segments, behaviour and geography, as its pages show them. */
@Tag("server")
class DemoRulesTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static Instant twoHoursAgo() {
    return Instant.now().minus(Duration.ofHours(2));
  }

  @Test
  void newVisitor_home_showsBrandHeroAndBestsellers() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/");
    var shown = visitor.page("/");
    assertThat(shown.variants())
        .containsEntry("hero", "brand")
        .containsEntry("recommendations", "bestsellers")
        .containsEntry("promotion", "default")
        .containsEntry("proof", "craft")
        .containsEntry("cta", "default");
  }

  @Test
  void returningVisitor_home_showsWhatTheyLookedAt() {
    var visitor = SERVER.visitor().accepts();
    visitor.send(viewed("slat-chair", "seating").at(twoHoursAgo())).expect(200);
    visitor.send(page("/")).expect(200);

    var shown = visitor.page("/");

    assertThat(shown.variants())
        .containsEntry("hero", "welcome-back")
        .containsEntry("recommendations", "recently-viewed")
        .containsEntry("cta", "returning");
    assertThat(shown.html())
        .contains("/products/slat-chair")
        .contains("/demo-assets/slat-chair.svg");
  }

  @Test
  void returningVisitorWhoSawNoProduct_home_showsBestsellers() {
    var visitor = SERVER.visitor().accepts();
    visitor.send(page("/").at(twoHoursAgo()), page("/")).expect(200);
    assertThat(visitor.page("/").variants())
        .containsEntry("hero", "welcome-back")
        .containsEntry("recommendations", "bestsellers");
  }

  @Test
  void enterpriseProspect_home_showsCaseStudyAndProof() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise/rollout");
    var shown = visitor.page("/");
    assertThat(shown.variants())
        .containsEntry("hero", "enterprise")
        .containsEntry("proof", "enterprise")
        .containsEntry("cta", "case-study");
    assertThat(shown.html()).contains("240 desks in nine working days");
  }

  @Test
  void toolFan_home_showsWorkshop() {
    var visitor = SERVER.visitor().accepts();
    for (var tool : new String[] {"chisel-set", "dovetail-saw", "smoothing-plane"}) {
      visitor.send(viewed(tool, "tools")).expect(200);
    }
    assertThat(visitor.page("/").variant("hero")).isEqualTo("workshop");
  }

  @Test
  void abandonedCheckout_thenOrder_promotionGoesWithIt() {
    var visitor = SERVER.visitor().accepts();
    visitor.send(track("Checkout Started", Map.of("total", 99))).expect(200);
    assertThat(visitor.page("/").variant("promotion")).isEqualTo("unfinished-order");
    visitor.send(track("Order Completed", Map.of("total", 99))).expect(200);
    assertThat(visitor.page("/").variant("promotion")).isEqualTo("owners");
  }

  @ParameterizedTest
  @CsvSource({"DE,germany", "FR,france", "US,us", "JP,default"})
  void region_home_showsItsPromotion(String country, String promotion) {
    assertThat(SERVER.visitor().in(country).page("/").variant("promotion")).isEqualTo(promotion);
    var known = SERVER.visitor().in(country).accepts();
    known.looksAt("/");
    assertThat(known.page("/").variant("promotion")).isEqualTo(promotion);
  }

  private static void define(String component) {
    SERVER.admin(
        "components.put",
        Map.of(
            "key",
            component,
            "fields",
            List.of(),
            "template",
            "<p>an offer</p>",
            "fallback",
            List.of("sale", "plain")));
    for (var variant : List.of("sale", "plain")) {
      SERVER.admin(
          "variants.put",
          Map.of(
              "component", component, "key", variant, "content", Map.of(), "status", "published"));
    }
  }

  private static Answer rule(String key, int priority, Object when, Map<String, Object> then) {
    return SERVER.admin(
        "rules.put",
        Map.of("key", key, "component", "offer", "priority", priority, "when", when, "then", then));
  }

  private static String decide(Visitor visitor) {
    var body =
        Map.of(
            "writeKey", RunningServer.DEMO,
            "anonymousId", visitor.deviceId(),
            "components", List.of("offer", "banner"));
    var decided = SERVER.post("/v1/decide", body).expect(200);
    return decided.text("decisions.0.variant") + "," + decided.text("decisions.1.variant");
  }

  @Test
  void rules_putWhileRunning_capAndKeepApartAndSayWhatTheyContradict() {
    define("offer");
    define("banner");
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/");
    assertThat(decide(visitor)).isEqualTo("sale,sale");

    var members =
        List.of(
            Map.of("component", "offer", "variant", "sale"),
            Map.of("component", "banner", "variant", "sale"));
    SERVER.admin("rules.put", Map.of("key", "apart", "kind", "constraint", "never", members));
    assertThat(decide(visitor)).isEqualTo("sale,plain");

    var cap = Map.of("variants", List.of("sale"), "exposures", 3, "within", "P1D");
    rule("enough", 5, Map.of(), Map.of("cap", cap));
    assertThat(decide(visitor)).isEqualTo("sale,plain");
    Until.untilAsserted(
        "what was shown before there was a cap is counted",
        () -> assertThat(decide(visitor)).isEqualTo("plain,sale"));

    var fans = Map.of("traits.fan", true);
    assertThat(rule("one", 4, fans, Map.of("show", "sale")).list("conflicts")).isEmpty();
    var clash = rule("two", 4, fans, Map.of("show", "plain"));
    assertThat(clash.list("conflicts")).hasSize(1);
    assertThat(clash.text("conflicts.0.kind")).isEqualTo("same-priority");
    assertThat(clash.text("conflicts.0.overlap")).isEqualTo("certain");
    assertThat(clash.list("conflicts.0.rules")).containsExactlyInAnyOrder("one", "two");
  }
}
