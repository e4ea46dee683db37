package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllocatorTest {
  private static final List<String> ARMS = List.of("a", "b");

  private static Evidence batch(Map<String, Tally> arms) {
    return new Evidence(Map.of("", arms));
  }

  private static AllocationTable table(List<String> arms, Allocator.Next next) {
    return new AllocationTable("hero", 1, arms, next.rows());
  }

  private static double sum(List<Double> shares) {
    return shares.stream().mapToDouble(share -> share).sum();
  }

  @Test
  void next_anArmShownTooLittle_dividesEvenly() {
    var allocator = new Allocator(Simulation.spec(Map.of()), ARMS);
    var next =
        allocator.next(
            null,
            Knowledge.NONE,
            batch(Map.of("a", Tally.of(5_000, 500), "b", Tally.of(99, 0))),
            1);
    assertThat(next.rows().getFirst().probabilities()).containsExactly(.5, .5);
    assertThat(next.knowledge().learning()).isFalse();
    assertThat(next.rows().getFirst().best().get(0)).isGreaterThan(.99);
  }

  @Test
  void next_aNewArm_entersWithAFixedShare() {
    var spec = Simulation.spec(Map.of());
    var two = new Allocator(spec, ARMS);
    var learnt =
        two.next(
            null,
            Knowledge.NONE,
            batch(Map.of("a", Tally.of(1_000, 50), "b", Tally.of(1_000, 100))),
            1);
    var three = List.of("a", "b", "c");
    var next =
        new Allocator(spec, three).next(table(ARMS, learnt), learnt.knowledge(), Evidence.NONE, 1);
    var shares = next.rows().getFirst().probabilities();
    assertThat(shares.get(2)).isCloseTo(spec.floor(3) + .05, within(1e-12));
    assertThat(sum(shares)).isCloseTo(1, within(1e-12));
  }

  @Test
  void next_anArmThatWent_leavesItsShareToTheOthers() {
    var spec = Simulation.spec(Map.of());
    var three = List.of("a", "b", "c");
    var learnt =
        new Allocator(spec, three)
            .next(
                null,
                Knowledge.NONE,
                batch(
                    Map.of(
                        "a", Tally.of(500, 50), "b", Tally.of(500, 50), "c", Tally.of(500, 150))),
                1);
    var next =
        new Allocator(spec, ARMS).next(table(three, learnt), learnt.knowledge(), Evidence.NONE, 1);
    assertThat(next.rows().getFirst().probabilities()).hasSize(2);
    assertThat(sum(next.rows().getFirst().probabilities())).isCloseTo(1, within(1e-12));
  }

  @Test
  void next_anArmThatTurns_raisesTheAlarmAndForgetsHalf() {
    var allocator = new Allocator(Simulation.spec(Map.of()), ARMS);
    var known =
        allocator
            .next(
                null,
                Knowledge.NONE,
                batch(Map.of("a", Tally.of(10_000, 1_000), "b", Tally.of(10_000, 500))),
                1)
            .knowledge();
    var calm = allocator.next(null, known, batch(Map.of("a", Tally.of(1_000, 102))), 1);
    assertThat(calm.alarms()).isEmpty();
    var turned = allocator.next(null, known, batch(Map.of("a", Tally.of(1_000, 10))), 1);
    assertThat(turned.alarms()).containsExactly("a");
    assertThat(turned.knowledge().evidence().of("a").count()).isEqualTo(6_000);
    assertThat(turned.knowledge().evidence().of("b").count()).isEqualTo(10_000);
  }

  @Test
  void next_discount_isByTheHour() {
    var allocator = new Allocator(Simulation.spec(Map.of("discount", .5)), ARMS);
    var known =
        allocator.next(null, Knowledge.NONE, batch(Map.of("a", Tally.of(800, 80))), 1).knowledge();
    var later = allocator.next(null, known, Evidence.NONE, 3).knowledge();
    assertThat(later.evidence().of("a")).isEqualTo(new Tally(100, 10, 10));
    assertThat(later.shown("a")).isEqualTo(800);
  }

  @Test
  void next_amounts_preferTheArmThatBringsMore() {
    var spec =
        Simulation.spec(
            Map.of("reward", Map.of("event", "Order Completed", "value", "properties.total")));
    var random = new SplittableRandom(1);
    var tallies = new HashMap<String, Tally>();
    for (int i = 0; i < 4_000; i++) {
      double amount = random.nextDouble() < .1 ? random.nextDouble(20, 120) : 0;
      double more = i % 2 == 0 ? amount : amount * 1.5;
      tallies.merge(ARMS.get(i % 2), new Tally(1, more, more * more), Tally::plus);
    }
    var allocator = new Allocator(spec, ARMS);
    var next = allocator.next(null, Knowledge.NONE, batch(tallies), 1);
    assertThat(next.rows().getFirst().best().get(1)).isGreaterThan(.9);
    var negated = new HashMap<String, Tally>();
    tallies.forEach(
        (arm, tally) -> negated.put(arm, new Tally(tally.count(), -tally.sum(), tally.squares())));
    var mirrored = allocator.next(null, Knowledge.NONE, batch(negated), 1);
    assertThat(mirrored.rows().getFirst().best().get(0))
        .isCloseTo(next.rows().getFirst().best().get(1), within(1e-9));
  }

  @Test
  void next_armsSwapped_swapsTheShares() {
    var spec = Simulation.spec(Map.of("segments", List.of("vip")));
    var one =
        new Evidence(
            Map.of(
                "vip", Map.of("a", Tally.of(120, 10), "b", Tally.of(130, 25)),
                "", Map.of("a", Tally.of(900, 80), "b", Tally.of(800, 90))));
    var other =
        new Evidence(
            Map.of(
                "vip", Map.of("b", Tally.of(120, 10), "a", Tally.of(130, 25)),
                "", Map.of("b", Tally.of(900, 80), "a", Tally.of(800, 90))));
    var allocator = new Allocator(spec, ARMS);
    var shares = allocator.next(null, Knowledge.NONE, one, 1).rows();
    var swapped = allocator.next(null, Knowledge.NONE, other, 1).rows();
    for (int row = 0; row < 2; row++) {
      assertThat(swapped.get(row).probabilities().get(0))
          .isCloseTo(shares.get(row).probabilities().get(1), within(1e-9));
    }
  }

  @Test
  void next_segmentsTakenAway_keepWhatWasLearnt() {
    var known =
        new Allocator(Simulation.spec(Map.of("segments", List.of("vip"))), ARMS)
            .next(
                null,
                Knowledge.NONE,
                new Evidence(
                    Map.of(
                        "vip", Map.of("a", Tally.of(100, 10)), "", Map.of("a", Tally.of(50, 1)))),
                1)
            .knowledge();
    var next = new Allocator(Simulation.spec(Map.of()), ARMS).next(null, known, Evidence.NONE, 1);
    assertThat(next.knowledge().evidence().at("", "a")).isEqualTo(Tally.of(150, 11));
  }

  @Test
  void next_extremeCounts_staysFinite() {
    var allocator = new Allocator(Simulation.spec(Map.of()), ARMS);
    for (var tallies :
        List.of(
            Map.of("a", Tally.of(1e9, 1e9), "b", Tally.of(1e9, 0)),
            Map.of("a", Tally.of(1, 1), "b", Tally.of(1e9, 5e8)),
            Map.<String, Tally>of())) {
      var row = allocator.next(null, Knowledge.NONE, batch(tallies), 1).rows().getFirst();
      assertThat(row.best()).allSatisfy(chance -> assertThat(chance).isBetween(0.0, 1.0));
      assertThat(sum(row.probabilities())).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void next_twentyArmsAndSegments_addUpAndKeepTheFloor() {
    var arms = IntStream.range(0, 20).mapToObj(i -> "arm" + i).toList();
    var spec = Simulation.spec(Map.of("segments", List.of("s1", "s2", "s3")));
    var random = new SplittableRandom(3);
    var tallies = new HashMap<String, Tally>();
    arms.forEach(arm -> tallies.put(arm, Tally.of(300, random.nextInt(10, 60))));
    var evidence = new Evidence(Map.of("s1", tallies, "s2", tallies, "", tallies));
    var next = new Allocator(spec, arms).next(null, Knowledge.NONE, evidence, 1);
    assertThat(next.rows()).hasSize(4);
    for (var row : next.rows()) {
      assertThat(sum(row.probabilities())).isCloseTo(1, within(1e-9));
      assertThat(row.probabilities())
          .allSatisfy(share -> assertThat(share).isGreaterThanOrEqualTo(spec.floor(20) - 1e-12));
    }
  }
}
