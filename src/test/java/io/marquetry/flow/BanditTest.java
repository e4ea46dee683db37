package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole loop on a running server: shown by lot, rewarded by beacons, shifted, on record. */
@Tag("server")
class BanditTest {
  private static final int VISITORS = 300;

  private static final Map<String, Object> STRATEGY =
      Map.of(
          "kind", "bandit",
          "arms", List.of("quiet", "loud"),
          "reward", Map.of("event", "Deal Taken"),
          "window", "PT2S",
          "epoch", "PT1S");

  @RegisterExtension
  static final RunningServer SERVER =
      RunningServer.with()
          .setting("experimentation", "everyMillis", 50)
          .setting("experimentation", "graceMillis", 100)
          .prepared();

  private static void define(String key, String exposure, Map<String, Object> strategy) {
    var component = new HashMap<String, Object>();
    component.put("key", key);
    component.put("exposure", exposure);
    component.put("fields", List.of());
    component.put("template", "<p>a deal</p>");
    component.put("fallback", List.of("quiet"));
    SERVER.admin("components.put", component);
    for (var variant : List.of("quiet", "loud")) {
      SERVER.admin(
          "variants.put",
          Map.of("component", key, "key", variant, "content", Map.of(), "status", "published"));
    }
    component.put("strategy", strategy);
    SERVER.admin("components.put", component);
  }

  private static Answer decide(Visitor visitor) {
    return SERVER
        .post(
            "/v1/decide",
            Map.of(
                "writeKey", RunningServer.DEMO,
                "anonymousId", visitor.deviceId(),
                "components", List.of("deal", "offer")))
        .expect(200);
  }

  /** Says that the offer was really shown; the deal is, since it was asked for. */
  private static void show(Answer decided) {
    SERVER
        .post(
            "/v1/exposures",
            Map.of(
                "writeKey", RunningServer.DEMO,
                "decisionId", decided.text("decisionId"),
                "components", List.of("offer")))
        .expect(200);
  }

  private static Answer bandit() {
    return SERVER.admin("bandits.get", Map.of("key", "deal"));
  }

  private static double loudShare() {
    return bandit().number("bandits.0.rows.0.arms.1.share");
  }

  private static double number(Object json, String path) {
    return Answer.at(json, path) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** Shares by epoch and arm, of every table there was. */
  private static Map<String, Double> published() {
    var shares = new HashMap<String, Double>();
    var history = SERVER.admin("bandits.history", Map.of("key", "deal", "limit", 500));
    for (var epoch : history.list("epochs")) {
      for (int arm = 0; arm < 2; arm++) {
        shares.put(
            Answer.at(epoch, "epoch") + " " + Answer.at(epoch, "rows.0.arms." + arm + ".arm"),
            number(epoch, "rows.0.arms." + arm + ".share"));
      }
    }
    return shares;
  }

  @Test
  void bandit_oneVariantIsTakenMore_shiftsToItAndSaysSo() {
    define("deal", "decided", STRATEGY);
    define("offer", "reported", STRATEGY);
    assertThat(loudShare()).isEqualTo(.5);
    for (int i = 0; i < VISITORS; i++) {
      var visitor = SERVER.visitor().accepts();
      visitor.looksAt("/");
      var decided = decide(visitor);
      assertThat(decided.text("decisions.0.strategy")).isEqualTo("bandit");
      var variant = decided.text("decisions.0.variant");
      var again = decide(visitor);
      if (again.number("decisions.0.draw.epoch") == decided.number("decisions.0.draw.epoch")) {
        assertThat(again.text("decisions.0.variant")).isEqualTo(variant);
      }
      if (i % 3 == 0) {
        show(decided);
        show(decided);
      }
      if (i % 20 == 0 || (variant.equals("loud") && i % 2 == 0)) {
        visitor.send(track("Deal Taken", Map.of())).expect(200);
      }
    }
    Until.untilAsserted(
        "the better variant is shown more",
        () -> {
          assertThat(loudShare()).isGreaterThan(.85);
          assertThat(counted("deal")).isEqualTo(VISITORS);
          assertThat(counted("offer")).isEqualTo(VISITORS / 3);
        });

    assertThat(bandit().at("bandits.0.lots.alarm")).isNull();
    var seen = bandit().list("bandits.0.lots.arms");
    assertThat(seen.stream().mapToDouble(arm -> number(arm, "shown")).sum()).isEqualTo(VISITORS);
    SERVER.kill9();
    SERVER.restart();
    assertThat(loudShare()).isGreaterThan(.85);
    assertThat(counted("deal")).isEqualTo(VISITORS);
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/");
    assertThat(decide(visitor).number("decisions.0.propensity")).isNotEqualTo(.5);

    Until.untilAsserted("the decision log has them all", BanditTest::checkLogged);
    assertThat(
            SERVER
                .admin(
                    "policies.evaluate",
                    Map.of("bandit", "deal", "policy", Map.of("kind", "uniform")))
                .text("refused"))
        .contains("are needed");

    SERVER.stop();
    SERVER.restart(RunningServer.with().without("experimentation"));
    assertThat(SERVER.adminAnswer("bandits.get", Map.of()).status()).isEqualTo(503);
    var later = decide(SERVER.visitor().accepts());
    assertThat(later.text("decisions.0.strategy")).isEqualTo("bandit");
    assertThat(later.number("decisions.0.propensity")).isEqualTo(.5);
  }

  private static double counted(String key) {
    var bandit = SERVER.admin("bandits.get", Map.of("key", key));
    return bandit.number("bandits.0.rows.0.arms.0.evidence.exposures")
        + bandit.number("bandits.0.rows.0.arms.1.evidence.exposures");
  }

  /** What was logged with every decision is what the table of its epoch says. */
  private static void checkLogged() {
    var logged =
        SERVER
            .admin("decisions.query", Map.of("component", "deal", "limit", 1_000))
            .list("decisions");
    assertThat(logged).hasSize(2 * VISITORS + 1);
    var published = published();
    for (var decision : logged) {
      var epoch = Answer.at(decision, "decisions.0.draw.epoch");
      var variant = Answer.at(decision, "decisions.0.variant");
      assertThat(published).containsKey(epoch + " " + variant);
      assertThat(number(decision, "decisions.0.propensity"))
          .isCloseTo(published.getOrDefault(epoch + " " + variant, -1.0), within(1e-12));
    }
  }
}
