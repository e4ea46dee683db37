package io.marquetry.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.Fills;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** For which behaviours a pass over the log is begun, by what the owners say. */
class LackingBehavioursTest {

  @Test
  void lacking_countedEverywhereByOnePass_isNothing() {
    var states = List.of(owner(List.of(), pass(1, "bought")), owner(List.of(), pass(1, "bought")));
    assertThat(Backfill.lacking(states)).isEmpty();
  }

  @Test
  void lacking_somebodyDoesNotCount_isThatBehaviour() {
    var states = List.of(owner(List.of("bought")), owner(List.of(), pass(1, "bought", "seen")));
    assertThat(Backfill.lacking(states)).containsExactly("bought");
  }

  /** Word of the second pass reached one owner alone. */
  @Test
  void lacking_countedByDifferentPasses_isThatBehaviour() {
    var states =
        List.of(
            owner(List.of(), pass(1, "bought", "seen")),
            owner(List.of(), pass(1, "seen"), pass(2, "bought")));
    assertThat(Backfill.lacking(states)).containsExactly("bought");
  }

  @Test
  void lacking_notDefinedEverywhereYet_isNothing() {
    var states = List.of(owner(List.of("bought")), owner(List.of()));
    assertThat(Backfill.lacking(states)).isEmpty();
  }

  private static FillState pass(int number, String... behaviours) {
    return new FillState(number, Arrays.asList(behaviours), List.of(), 0, List.of(0L), false);
  }

  private static Fills owner(List<String> unborn, FillState... passes) {
    return new Fills(List.of(passes), unborn, 0, true, passes.length, Map.of());
  }
}
