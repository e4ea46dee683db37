package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.DecisionLogMessage.Counterfactual;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.Answer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final DecisionRecord DECISION =
      new DecisionRecord(
          new Id128(1, 1),
          0,
          "shop",
          Mode.PERSONALIZED,
          new Id128(2, 2),
          "home",
          List.of(
              new Choice("hero", "vip", "rule", List.of(), 1, 1, -1),
              new Choice("promo", "sale", "fallback", List.of(), 1, 1, 0),
              new Choice("cta", "buy", "rule", List.of(), 1, 1, -1)),
          Map.of("segments", List.of("vip"), "visits", 3L),
          1,
          "v1",
          10);

  @Test
  void of_counterfactuals_sayWhatWouldTurnEachComponent() {
    var found =
        List.of(
            new Counterfactual("hero", List.of("segments.vip", "visits"), "plain"),
            new Counterfactual("promo", List.of(), "sale"),
            new Counterfactual("cta", List.of("visits"), null));
    var explained = Explanation.of(DECISION, found, null);
    assertThat(explained).doesNotContainKey("noCounterfactuals");
    assertThat(Answer.at(explained, "components.0.counterfactual.without"))
        .isEqualTo(List.of("segments.vip", "visits"));
    assertThat(Answer.at(explained, "components.0.counterfactual.variant")).isEqualTo("plain");
    assertThat(Answer.at(explained, "components.0.counterfactual.text"))
        .isEqualTo("without segments.vip, visits it would show “plain”");
    assertThat(Answer.at(explained, "components.1.counterfactual.text"))
        .isEqualTo("it shows the same to whomever");
    assertThat(Answer.at(explained, "components.2.counterfactual.text"))
        .isEqualTo("without visits it would show the page's own markup");
  }

  @Test
  void of_decisionThatCannotBeMadeAgain_isExplainedAllTheSame() {
    var explained = Explanation.of(DECISION, List.of(), "it is gone");
    assertThat(explained).containsEntry("noCounterfactuals", "it is gone");
    assertThat(Answer.at(explained, "components.0.variant")).isEqualTo("vip");
    assertThat(Answer.at(explained, "components.0.counterfactual")).isNull();
  }
}
