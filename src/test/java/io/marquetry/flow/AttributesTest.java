package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static io.marquetry.testkit.Beacon.viewed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Visitor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is worked out of deeds: seen with its reasons, and deciding what the next page shows. */
@Tag("server")
class AttributesTest {
  private static final String TOOLS = "attributes.affinity.category.tools";

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @BeforeAll
  static void define() {
    put("segments", Map.of("key", "tool-lovers", "condition", atLeast(TOOLS, 0.5)));
    put("segments", Map.of("key", "about-to-buy", "condition", atLeast("session.intent", 0.15)));
    put(
        "components",
        Map.of(
            "key",
            "teaser",
            "fields",
            List.of(Map.of("key", "text", "type", "text")),
            "template",
            "<p>{{text}}</p>",
            "fallback",
            List.of("leaning", "plain")));
    variant("leaning", Map.of("$from", "attributes.topCategory"), "attributes.topCategory");
    variant("bargain", "Less for more", "attributes.priceSensitivity");
    variant("plain", "All we have");
    put(
        "rules",
        Map.of(
            "key",
            "bargains",
            "component",
            "teaser",
            "priority",
            5,
            "when",
            atLeast("attributes.priceSensitivity", 0.6),
            "then",
            Map.of("show", "bargain"),
            "enabled",
            true));
  }

  private static void put(String noun, Map<String, Object> body) {
    var named = new java.util.HashMap<>(body);
    named.putIfAbsent("name", body.get("key"));
    if (noun.equals("rules")) {
      named.remove("name");
    }
    SERVER.admin(noun + ".put", named);
  }

  private static void variant(String key, Object text, String... requires) {
    SERVER.admin(
        "variants.put",
        Map.of(
            "component",
            "teaser",
            "key",
            key,
            "content",
            Map.of("text", text),
            "requires",
            List.of(requires),
            "status",
            "published"));
  }

  private static Map<String, Object> atLeast(String field, double value) {
    return Map.of(field, Map.of("$gte", value));
  }

  private static Answer profile(Visitor visitor) {
    return SERVER.profile("anonymous:" + visitor.deviceId());
  }

  private static Answer teaser(Visitor visitor) {
    var body =
        Map.of(
            "writeKey", RunningServer.DEMO,
            "anonymousId", visitor.deviceId(),
            "components", List.of("teaser"));
    return SERVER.post("/v1/decide", body).expect(200);
  }

  @Test
  void affinity_threeLooks_isHalfAndDecidesTheNextPage() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/");
    assertThat(teaser(visitor).text("decisions.0.variant")).isEqualTo("plain");
    for (var tool : List.of("chisel-set", "dovetail-saw", "smoothing-plane")) {
      visitor.send(viewed(tool, "Tools")).expect(200);
    }

    var profile = profile(visitor);
    assertThat(profile.at(TOOLS)).isEqualTo(0.5);
    assertThat(profile.text("attributes.topCategory")).isEqualTo("tools");
    assertThat(profile.list("segments")).contains("tool-lovers");
    var evidence = (Map<?, ?>) profile.at("evidence");
    assertThat(Answer.at(evidence.get("affinity.category.tools"), "because"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .hasSize(3)
        .allSatisfy(one -> assertThat(Answer.at(one, "event")).isEqualTo("Product Viewed"));
    var decided = teaser(visitor);
    assertThat(decided.text("decisions.0.variant")).isEqualTo("leaning");
    assertThat(decided.text("decisions.0.content.text")).isEqualTo("tools");
  }

  @Test
  void priceSensitivity_coupons_areReadByRules() {
    var visitor = SERVER.visitor().accepts();
    visitor.send(track("Coupon Applied", Map.of("coupon_id", "MAY"))).expect(200);
    assertThat(profile(visitor).at("attributes.priceSensitivity")).isEqualTo(0.5);
    assertThat(teaser(visitor).text("decisions.0.variant")).isEqualTo("plain");
    visitor.send(track("Order Completed", Map.of("total", 50, "discount", 5))).expect(200);
    assertThat(teaser(visitor).text("decisions.0.variant")).isEqualTo("bargain");
  }

  @Test
  void affinity_oldLooks_haveFadedAlthoughNothingHappened() {
    var visitor = SERVER.visitor().accepts();
    var then = Instant.now().minus(Duration.ofDays(6));
    for (int i = 0; i < 3; i++) {
      visitor.send(viewed("chisel-set", "tools").at(then.plusSeconds(i))).expect(200);
    }
    var profile = profile(visitor);
    double mass = 3 * Math.pow(0.5, 6.0 / 7);
    assertThat((Double) profile.at(TOOLS)).isEqualTo(mass / (mass + 3), within(0.005));
    assertThat(profile.list("segments")).doesNotContain("tool-lovers");
  }

  @Test
  void attributes_twoDevicesOfOnePerson_addUp() {
    var phone = SERVER.visitor().accepts();
    var laptop = SERVER.visitor().accepts();
    phone.send(viewed("chisel-set", "tools"), viewed("dovetail-saw", "tools")).expect(200);
    laptop.send(viewed("smoothing-plane", "tools")).expect(200);
    var person = "fan-" + phone.deviceId();
    phone.send(identify(person, Map.of())).expect(200);
    laptop.send(identify(person, Map.of())).expect(200);
    assertThat(profile(laptop).at(TOOLS)).isEqualTo(0.5);
    assertThat(profile(phone).list("segments")).contains("tool-lovers");
  }

  @Test
  void intentAndChannel_visit_areSeenAndOutliveACrash() {
    var visitor = SERVER.visitor().accepts();
    visitor
        .send(
            page("/")
                .with(
                    "context",
                    Map.of(
                        "page",
                        Map.of(
                            "path", "/",
                            "url", "http://shop.test/",
                            "referrer", "https://www.google.com/"))))
        .expect(200);
    assertThat(profile(visitor).list("segments")).doesNotContain("about-to-buy");
    visitor.send(track("Product Added", Map.of("category", "tables"))).expect(200);
    assertThat(profile(visitor).list("segments")).contains("about-to-buy");
    assertThat(profile(visitor).text("attributes.channelPreference")).isEqualTo("search");

    SERVER.kill9();
    SERVER.restart();

    var profile = profile(visitor);
    assertThat((Double) profile.at("session.intent")).isGreaterThan(0.15);
    assertThat(profile.at("attributes.affinity.category.tables")).isEqualTo(0.5);
    assertThat(profile.list("segments")).contains("about-to-buy");
  }
}
