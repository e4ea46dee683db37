package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static io.marquetry.testkit.Beacon.viewed;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.time.Duration;
import java.time.Instant;
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
}
