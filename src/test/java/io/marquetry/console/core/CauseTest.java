package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.Answer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CauseTest {
  private static Choice choice(@Nullable String variant, String strategy, String kind, String key) {
    return new Choice("hero", variant, strategy, List.of(new Reason(kind, key, "so")), 1, 1, -1);
  }

  private static DecisionRecord decision(Mode mode, Choice... choices) {
    return new DecisionRecord(
        new Id128(1, 1), 0, "shop", mode, null, "home", List.of(choices), Map.of(), 1, "v1", 10);
  }

  @ParameterizedTest
  @CsvSource({
    "PERSONALIZED, vip, rule, rule, r, CHOSEN",
    "PERSONALIZED, vip, bandit, bandit, b, CHOSEN",
    "PERSONALIZED, vip, fallback, fallback, vip, FALLBACK",
    "PERSONALIZED, , none, fallback, hero, MARKUP",
    "HOLDOUT, vip, baseline, holdout, holdout, CONTROL",
    "HOLDOUT, , none, holdout, holdout, CONTROL",
    "CONTEXTUAL, vip, fallback, consent, personalization, CONSENT",
    "CONTEXTUAL, vip, rule, consent, personalization, CONSENT",
    "CONTEXTUAL, vip, fallback, error, profile, PROFILE",
    "CONTEXTUAL, , none, error, hero, MARKUP"
  })
  void of_choice_isWhatStoodFirstInTheWay(
      Mode mode,
      @Nullable String variant,
      String strategy,
      String kind,
      String key,
      Cause expected) {
    assertThat(Cause.of(mode, choice(variant, strategy, kind, key))).isEqualTo(expected);
  }

  @Test
  void tally_decisions_countsSlotsMostFirst() {
    var rule = choice("vip", "rule", "rule", "r");
    var chain = choice("plain", "fallback", "fallback", "plain");
    var tally =
        Cause.tally(
            List.of(
                decision(Mode.PERSONALIZED, chain, rule, chain),
                decision(Mode.HOLDOUT, choice("plain", "baseline", "holdout", "holdout"))));
    assertThat(tally).hasSize(3);
    assertThat(tally.getFirst())
        .containsEntry("cause", "fallback")
        .containsEntry("slots", 2L)
        .containsEntry("share", .5);
    assertThat(Answer.at(tally.get(1), "text")).asString().startsWith("Chosen for the visitor");
    assertThat(Cause.tally(List.of())).isEmpty();
  }
}
