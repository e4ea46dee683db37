package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Reported;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.kit.Id128;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExposureTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final Map<String, Object> STRATEGY =
      Map.of("kind", "bandit", "arms", List.of("a", "b"), "reward", Map.of("event", "Bought"));

  private static final Map<String, Bandit> BANDITS =
      Bandit.of(
          new Catalogue(
              "v1",
              1,
              List.of(
                  component("hero", Map.of("strategy", STRATEGY)),
                  component("promo", Map.of("strategy", STRATEGY, "exposure", "reported")),
                  component("cta", Map.of("exposure", "reported")),
                  new Definition(
                      Kind.RULE,
                      "late",
                      1,
                      Map.of("component", "cta", "then", Map.of("strategy", STRATEGY)))),
              List.of()),
          new ArrayList<>());

  private static Definition component(String key, Map<String, Object> body) {
    return new Definition(Kind.COMPONENT, key, 1, body);
  }

  private static Choice choice(String component, String of) {
    var draw = new Draw(of, 3, List.of(), List.of("a", "b"), List.of(.5, .5), List.of("a", "b"));
    return new Choice(component, "a", "bandit", List.of(), .5, .5, -1, draw, List.of());
  }

  private static DecisionRecord decision(String page) {
    return new DecisionRecord(
        new Id128(1, 1),
        1_000,
        "shop",
        Mode.PERSONALIZED,
        new Id128(2, 2),
        page,
        List.of(choice("hero", "hero"), choice("promo", "promo"), choice("cta", "cta#late")),
        Map.of(),
        1,
        "v1",
        5);
  }

  @ParameterizedTest
  @CsvSource({"home,hero promo cta#late", "'',hero"})
  void of_decision_countsInAPageOfOursAndWhereNothingHasToBeSaid(String page, String bandits) {
    assertThat(Exposure.of(decision(page), BANDITS))
        .extracting(Exposure::bandit)
        .containsExactly(bandits.split(" "));
  }

  @Test
  void of_reported_isWhatHasToBeSaidFromWhenItWas() {
    var told = new Reported(decision(""), List.of("hero", "cta"), 5_000);
    assertThat(Exposure.of(told, BANDITS))
        .singleElement()
        .satisfies(
            exposure -> {
              assertThat(exposure.bandit()).isEqualTo("cta#late");
              assertThat(exposure.at()).isEqualTo(5_000);
              assertThat(exposure.due()).isEqualTo(5_000 + DAY);
            });
    assertThat(Exposure.of(new Reported(decision("home"), List.of("promo"), 5_000), BANDITS))
        .isEmpty();
  }
}
