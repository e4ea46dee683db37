package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.SECOND;
import static io.marquetry.segmentation.core.Visits.engine;
import static io.marquetry.segmentation.core.Visits.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.condition.Behaviour.Sequence;
import io.marquetry.condition.Condition;
import io.marquetry.platform.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What trails do beyond their bounds: stay bounded, stay right as long as they can, else say so.
 */
class TrailBoundsTest {
  private final Profile visitor = Visits.profile();

  private void apply(SegmentEngine engine, String event, long at, String properties) {
    engine.apply(visitor, track(event, at, properties), at);
  }

  private static Sequence sequence(String json) {
    var condition = Condition.parse(Visits.json("{'$sequence':" + json + "}"));
    return (Sequence) condition.behaviours().iterator().next();
  }

  private int size() {
    return Json.write(ProfileState.write(visitor)).length;
  }

  @Test
  void sequence_thousandsOfStepsInOrder_isExact() {
    var engine =
        engine(
            "abc",
            "{'$sequence':{'steps':[{'event':'A'},{'event':'B'},{'event':'C'}],'within':'PT10M'}}");
    apply(engine, "A", NOON, "{}");
    apply(engine, "B", NOON + 1, "{}");
    for (int i = 0; i < 3_000; i++) {
      apply(engine, "A", NOON + 2 + i, "{}");
    }
    assertThat(visitor.memberships.keys()).isEmpty();

    apply(engine, "C", NOON + 10 * MINUTE - 1, "{}"); // the very first A is just in time

    assertThat(visitor.memberships.keys()).containsExactly("abc");
    assertThat(engine.cuts()).isEmpty();
    assertThat(size()).isLessThan(12_000);
  }

  @Test
  void sequence_lateEventBeforeAllThatAreKept_isCutAndSaysSo() {
    var engine =
        engine("ab", "{'$sequence':{'steps':[{'event':'A'},{'event':'B'}],'within':'PT1M'}}");
    for (int i = 0; i < 200; i++) {
      apply(engine, "A", NOON + i * MINUTE, "{}");
    }

    engine.apply(visitor, track("B", NOON + SECOND), NOON + 200 * MINUTE);

    assertThat(engine.cuts()).hasSize(1);
    assertThat(visitor.memberships.keys()).isEmpty();
    engine.apply(visitor, track("B", NOON + 199 * MINUTE + SECOND), NOON + 200 * MINUTE);
    assertThat(visitor.memberships.keys()).containsExactly("ab");
  }

  @Test
  void sequence_matchSummedUp_isStillBrokenByWhatComesLater() {
    var wanted =
        sequence(
            "{'steps':[{'event':'A'},{'event':'B'}],'within':'PT1H','then':{'not':{'event':'C'},'for':'PT30M'}}");
    var steps = new Steps(2);
    steps.add(0, 1, wanted);
    steps.add(1, 2, wanted);
    for (int i = 0; i < 1_000; i++) {
      steps.add(2 + i, 1, wanted);
    }
    assertThat(steps.holds(1 + 30 * MINUTE - 1, wanted)).isFalse();
    assertThat(steps.flip(5_000, wanted)).isEqualTo(1 + 30 * MINUTE);
    assertThat(steps.holds(1 + 30 * MINUTE, wanted)).isTrue();

    steps.add(5_000, 4, wanted);

    assertThat(steps.holds(40 * MINUTE, wanted)).isFalse();
    steps.add(6_000, 2, wanted); // an A from before is within the hour
    assertThat(steps.flip(6_000, wanted)).isEqualTo(6_000 + 30 * MINUTE);
    assertThat(steps.isCut()).isFalse();
  }

  @Test
  void sequence_twoHistoriesBothSummedUp_areCutAndMissNothingTheyHad() {
    var wanted =
        sequence(
            "{'steps':[{'event':'A'},{'event':'B'}],'then':{'not':{'event':'C'},'for':'PT1M'}}");
    var one = new Steps(2);
    var other = new Steps(2);
    for (int i = 0; i < 100; i++) {
      one.add(i, 1, wanted);
      other.add(2 * i, 1, wanted);
    }
    other.add(50_000, 2, wanted);

    one.absorb(other, new Tracked(wanted, Passes.NONE, List.of()));

    assertThat(one.isCut()).isTrue();
    assertThat(one.holds(50_000 + MINUTE, wanted)).isTrue();
  }

  @Test
  void sum_moreThanIsKept_isExactWhileNothingIsNegative() {
    var engine =
        engine(
            "big",
            "{'$did':{'event':'O','within':'P1D','sum':{'property':'v','is':{'$gte':500}}}}");
    for (int i = 0; i < 3_000; i++) {
      apply(engine, "O", NOON + i, "{'v':1}");
    }
    assertThat(visitor.memberships.keys()).containsExactly("big");
    assertThat(engine.cuts()).isEmpty();
    assertThat(visitor.due).isEqualTo(NOON + 2_500 + 24 * 60 * MINUTE);

    engine.expire(visitor, visitor.due - 1);
    assertThat(visitor.memberships.keys()).containsExactly("big");
    engine.expire(visitor, visitor.due);
    assertThat(visitor.memberships.keys()).isEmpty();
    assertThat(size()).isLessThan(50_000);
  }

  @Test
  void sum_moreThanIsKeptOfSmallOrNegativeAmounts_isCutAndSaysSo() {
    var small =
        engine(
            "s", "{'$did':{'event':'O','within':'P1D','sum':{'property':'v','is':{'$gte':5000}}}}");
    for (int i = 0; i <= Amounts.KEPT; i++) {
      apply(small, "O", NOON + i, "{'v':1}");
    }
    assertThat(small.cuts()).hasSize(1);

    var amounts = new Amounts();
    for (int i = 0; i < 2 * Amounts.KEPT; i++) {
      amounts.add(i, 1_000, MINUTE, 10_000);
    }
    assertThat(amounts.isCut()).isFalse();
    amounts.add(3_000, -1, MINUTE, 10_000);
    assertThat(amounts.isCut()).isTrue();
  }

  @Test
  void sum_whatLeftTheWindowForGood_isForgotten() {
    var amounts = new Amounts();
    for (int i = 0; i < 10_000; i++) {
      amounts.add(i * MINUTE, 1, 60 * MINUTE, Long.MAX_VALUE);
    }

    assertThat(amounts.toJson().size()).isEqualTo(3 + 2 * 70);
    assertThat(amounts.isCut()).isFalse();
    assertThat(amounts.within(9_999 * MINUTE, 60 * MINUTE)).isEqualTo(60);
  }

  @Test
  void distinct_moreThanTheHorizon_keepsThoseSeenLast() {
    var engine =
        engine(
            "v",
            "{'$did':{'event':'P','within':'PT1H','distinct':{'property':'k','is':{'$gte':3}}}}");
    for (int i = 0; i < 5_000; i++) {
      apply(engine, "P", NOON + i * SECOND, "{'k':%d}".formatted(i));
    }
    assertThat(visitor.memberships.keys()).containsExactly("v");
    assertThat(visitor.due).isEqualTo(NOON + 4_997 * SECOND + 60 * MINUTE);
    assertThat(size()).isLessThan(12_000);
  }
}
