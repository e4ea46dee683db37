package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log of decisions holds what a decision rested on, down to the content of the definitions. */
@Tag("server")
class Invariant07ReplayTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static Answer logged(String decision) {
    var found = SERVER.admin("decisions.query", Map.of("decisionId", decision));
    assertThat(found.list("decisions")).hasSize(1);
    return found;
  }

  @Test
  void decision_log_holdsSignalsRuleConsentAndDefinitions() {
    var visitor = SERVER.visitor().in("FR").accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    var found = logged(visitor.page("/").decision());
    assertThat(found.text("decisions.0.mode")).isEqualTo("personalized");
    assertThat(found.text("decisions.0.profileId")).isNotEmpty();
    assertThat(found.text("decisions.0.page")).isEqualTo("home");
    assertThat(found.text("decisions.0.definitionsVersion")).isNotEmpty();
    assertThat(found.number("decisions.0.consentVersion")).isPositive();
    assertThat(found.text("decisions.0.at")).endsWith("Z");
    assertThat(found.list("decisions.0.decisions")).hasSize(5);
    assertThat(found.text("decisions.0.decisions.0.component")).isEqualTo("hero");
    assertThat(found.text("decisions.0.decisions.0.variant")).isEqualTo("enterprise");
    assertThat(found.text("decisions.0.decisions.0.reasons.0.key")).isEqualTo("hero-enterprise");
    assertThat(String.valueOf(found.at("decisions.0.signals"))).contains("enterprise-prospects");
  }

  @Test
  void sameVisitorSameDefinitions_decidedTwice_isTheSame() {
    var visitor = SERVER.visitor().in("DE").accepts();
    visitor.looksAt("/");
    var one = logged(visitor.page("/").decision());
    var other = logged(visitor.page("/").decision());
    assertThat(other.text("decisions.0.decisionId"))
        .isNotEqualTo(one.text("decisions.0.decisionId"));
    for (var part : List.of("decisions", "signals", "definitionsVersion", "consentVersion")) {
      assertThat(other.at("decisions.0." + part)).as(part).isEqualTo(one.at("decisions.0." + part));
    }
  }

  @Test
  void definitions_changedAndChangedBack_haveTheirFirstVersionAgain() {
    var visitor = SERVER.visitor();
    var first = logged(visitor.page("/").decision()).text("decisions.0.definitionsVersion");

    rule("show", "enterprise");
    var changed = logged(visitor.page("/").decision());
    assertThat(changed.text("decisions.0.definitionsVersion")).isNotEqualTo(first);
    assertThat(changed.text("decisions.0.decisions.0.variant")).isEqualTo("enterprise");

    rule("show", "brand");
    var back = logged(visitor.page("/").decision());
    assertThat(back.text("decisions.0.definitionsVersion")).isEqualTo(first);
    assertThat(back.text("decisions.0.decisions.0.variant")).isEqualTo("brand");
  }

  @Test
  void decision_replayed_isIdenticalAlsoAfterChangesAndARestart() {
    var visitor = SERVER.visitor().in("FR").accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    var decision = visitor.page("/").decision();
    var replayed = SERVER.admin("decisions.replay", Map.of("decisionId", decision));
    assertThat(replayed.at("identical")).isEqualTo(true);
    assertThat(replayed.list("decisions")).isEqualTo(replayed.list("logged")).hasSize(5);
    assertThat(String.valueOf(replayed.at("counterfactuals.0")))
        .contains("component=hero")
        .contains("segments.enterprise-prospects");
    var explained = SERVER.admin("decisions.explain", Map.of("decisionId", decision));
    assertThat(explained.text("components.0.counterfactual.text"))
        .startsWith("without segments.enterprise-prospects it would show");
    for (int i = 0; i < 5; i++) {
      assertThat(explained.list("components." + i + ".counterfactual.without"))
          .isEqualTo(replayed.list("counterfactuals." + i + ".without"));
    }

    pin("brand");
    SERVER.stop();
    SERVER.restart();
    var later = SERVER.admin("decisions.replay", Map.of("decisionId", decision));
    assertThat(later.at("identical")).isEqualTo(true);
    assertThat(later.list("decisions")).isEqualTo(replayed.list("decisions"));
    var today =
        SERVER.admin("decisions.replay", Map.of("decisionId", decision, "definitions", "current"));
    assertThat(today.at("identical")).isEqualTo(false);
    assertThat(today.text("decisions.0.variant")).isEqualTo("brand");
    assertThat(today.text("definitionsVersion")).isNotEqualTo(today.text("loggedVersion"));
    SERVER.admin("rules.delete", Map.of("key", "everybody-brand"));
  }

  @Test
  void decisionThatCannotBeMadeAgain_saysWhy() {
    var unknown = Map.<String, Object>of("decisionId", "0".repeat(32));
    SERVER.adminAnswer("decisions.replay", unknown).expect(404);
    SERVER.adminAnswer("decisions.replay", Map.of("decisionId", "nonsense")).expect(422);
  }

  private static void pin(String variant) {
    SERVER.admin(
        "rules.put",
        Map.of(
            "key",
            "everybody-brand",
            "component",
            "hero",
            "priority",
            1_000,
            "when",
            Map.of(),
            "then",
            Map.of("show", variant)));
  }

  private static void rule(String verb, String variant) {
    SERVER.admin(
        "rules.put",
        Map.of(
            "key",
            "hero-new",
            "component",
            "hero",
            "priority",
            10,
            "when",
            Map.of("isReturning", Map.of("$ne", true)),
            "then",
            Map.of(verb, variant),
            "enabled",
            true));
  }
}
