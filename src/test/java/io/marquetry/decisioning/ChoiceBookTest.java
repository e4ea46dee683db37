package io.marquetry.decisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChoiceBookTest {
  private static final long DAY = 86_400_000;

  private final ChoiceBook book = new ChoiceBook();

  private static Choice choice(String variant) {
    var why = List.of(new Reason("rule", "r", "because"));
    return new Choice("hero", variant, "rule", why, 1, 1, -1);
  }

  private static DecisionRecord decision(long at, Choice... choices) {
    return new DecisionRecord(
        new Id128(1, at),
        at,
        "shop",
        Mode.CONTEXTUAL,
        null,
        "",
        List.of(choices),
        Map.of(),
        0,
        "v1",
        1);
  }

  @Test
  void number_equalChoices_haveOneNumberAndAreMissingOnce() {
    var numbered =
        book.number(
            List.of(decision(1, choice("a"), choice("b")), decision(2, choice("b"), choice("a"))));
    var first = numbered.numbers().getFirst();
    var second = numbered.numbers().getLast();
    assertThat(first).containsExactly(second[1], second[0]);
    assertThat(first[0]).isNotEqualTo(first[1]);
    assertThat(numbered.missing()).hasSize(2);
  }

  @Test
  void number_choiceThatIsStored_isMissingNoMoreUntilTheNextDay() {
    var day = List.of(decision(DAY - 1, choice("a")));
    assertThat(book.number(day).missing()).hasSize(1);
    var again = book.number(day);
    assertThat(again.missing()).as("nobody said that it is stored").hasSize(1);
    book.stored(again.missing());
    assertThat(book.number(day).missing()).isEmpty();
    var next = book.number(List.of(decision(DAY, choice("a"))));
    assertThat(next.missing()).extracting(ChoiceBook.Entry::day).containsExactly(DAY);
    assertThat(next.numbers().getFirst()).isEqualTo(again.numbers().getFirst());
  }
}
