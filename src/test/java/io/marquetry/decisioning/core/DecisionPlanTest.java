package io.marquetry.decisioning.core;

import static io.marquetry.decisioning.core.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecisionPlanTest {
  @Test
  void of_definitionsThatMakeNoSense_areLeftOutAndNamed() {
    var plan =
        Given.catalogue()
            .component("c", "broken", "fine")
            .variant("c", "broken", "when", Map.of("visits", Map.of("$grt", 1)))
            .variant("c", "late", "schedule", json("from", "tomorrow"))
            .variant("c", "fine")
            .show("to-nowhere", "c", 1, Map.of(), "nothing")
            .rule("strategic", "c", 1, Map.of(), Map.of("strategy", Map.of("kind", "magic")))
            .rule("bad-list", "c", 1, Map.of(), Map.of("exclude", "a"))
            .show("malformed", "c", 1, Map.of("$and", 3), "fine")
            .put(Kind.RULE, "homeless", json("then", Map.of("show", "a")))
            .put(Kind.COMPONENT, "d", json("fallback", 7))
            .put(Kind.SETTING, Holdout.KEY, json("percent", "many"))
            .plan();
    assertThat(plan.problems())
        .extracting(DecisionPlan.Problem::definition)
        .containsExactlyInAnyOrder(
            "variant c/broken",
            "variant c/late",
            "rule to-nowhere",
            "rule strategic",
            "rule bad-list",
            "rule malformed",
            "rule homeless",
            "component d",
            "setting holdout");
    assertThat(plan.problems())
        .extracting(DecisionPlan.Problem::message)
        .anyMatch(message -> message.contains("visits"))
        .anyMatch(message -> message.contains("schedule.from"))
        .anyMatch(message -> message.contains("then.show"))
        .anyMatch(message -> message.contains("fallback"))
        .anyMatch(message -> message.contains("percent"));
    assertThat(plan.holdout()).isEqualTo(Holdout.NONE);

    var view = new VisitorView();
    view.clear(Map.of());
    var choices = DecisionEngine.decide(plan, List.of("c"), Basis.PROFILE, view, 0);
    assertThat(choices).extracting(Choice::variant).containsExactly("fine");
  }

  @Test
  void of_holdoutSetting_isRead() {
    var plan =
        Given.catalogue()
            .put(Kind.SETTING, "other", json("percent", 50))
            .put(Kind.SETTING, Holdout.KEY, json("percent", 10, "salt", "2026"))
            .plan();
    assertThat(plan.holdout().percent()).isEqualTo(10);
    assertThat(plan.version()).isEqualTo("v1");
  }
}
