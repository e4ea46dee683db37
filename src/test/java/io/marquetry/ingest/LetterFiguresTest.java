package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class LetterFiguresTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LetterFigures figures = new LetterFigures(registry);

  private static DeadLetter letter(String stage, String reason) {
    return new DeadLetter("shop", stage, reason, "", "m", 0, List.of(), "{}", "{}");
  }

  private double count(String stage, String reason) {
    return registry
        .get(LetterFigures.METER)
        .tag("stage", stage)
        .tag("reason", reason)
        .counter()
        .count();
  }

  @Test
  void count_byStageAndReason() {
    figures.count(List.of(letter("parse", "too_large"), letter("schema", "too_large")));
    figures.count(List.of(letter("parse", "too_large")));
    assertThat(count("parse", "too_large")).isEqualTo(2);
    assertThat(count("schema", "too_large")).isEqualTo(1);
  }

  @Test
  void count_moreReasonsThanThereAre_isOther() {
    for (int i = 0; i < 1_000; i++) {
      figures.count(List.of(letter("parse", "made up " + i)));
    }
    figures.count(List.of(letter("parse", "made up 0")));
    assertThat(registry.getMeters()).hasSize(LetterFigures.MAX + 1);
    assertThat(count("other", "other")).isEqualTo(1_000 - LetterFigures.MAX);
    assertThat(count("parse", "made up 0")).isEqualTo(2);
  }
}
