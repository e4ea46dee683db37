package io.marquetry.decisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.decisioning.core.Exposures.Watch;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExposuresTest {
  private static final Id128 ANNA = new Id128(1, 1);
  private static final Id128 BERT = new Id128(2, 2);

  /** Beside a list of everything that happened; whatever the order in which it is told. */
  @Test
  void since_randomExposures_agreesWithAFullHistoryUpToWhatIsAsked() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      int keep = 1 + random.nextInt(6);
      var exposures = new Exposures(1_000);
      exposures.watch(Map.of("x/a", new Watch(keep, 1_000_000), "x/b", new Watch(1, 1_000_000)));
      var history = new HashMap<Id128, List<Long>>();
      for (int i = 0; i < 200; i++) {
        var visitor = random.nextBoolean() ? ANNA : BERT;
        long at = random.nextInt(10_000);
        exposures.add(visitor, "x/a", at);
        exposures.add(visitor, "x/c", at); // nobody caps it
        history.computeIfAbsent(visitor, key -> new ArrayList<>()).add(at);
        long from = random.nextInt(10_000);
        long all = history.get(visitor).stream().filter(time -> time > from).count();
        assertThat(exposures.since(visitor, "x/a", from))
            .as("seed %d", seed)
            .isEqualTo((int) Math.min(keep, all));
        assertThat(exposures.since(visitor, "x/b", from)).isZero();
        assertThat(exposures.since(visitor, "x/c", from)).isZero();
      }
    }
  }

  @Test
  void add_beyondTheBound_forgetsWhoSawNothingForLongestAndCounts() {
    var exposures = new Exposures(10);
    exposures.watch(Map.of("x/a", new Watch(3, 1_000_000)));
    for (int i = 0; i < 30; i++) {
      exposures.add(new Id128(i, i), "x/a", i);
      exposures.add(ANNA, "x/a", i);
    }
    assertThat(exposures.size()).isEqualTo(10);
    assertThat(exposures.since(ANNA, "x/a", 0)).isEqualTo(3);
    assertThat(exposures.since(new Id128(5, 5), "x/a", 0)).isZero();
    assertThat(exposures.forgotten()).isEqualTo(20);
  }

  @Test
  void add_longestWindowPassed_letsGoWithoutCounting() {
    var exposures = new Exposures(10);
    exposures.watch(Map.of("x/a", new Watch(3, 100)));
    exposures.add(ANNA, "x/a", 1);
    exposures.add(BERT, "x/a", 101);
    assertThat(exposures.size()).isEqualTo(1);
    assertThat(exposures.forgotten()).isZero();
  }

  @Test
  void watch_more_namesWhatIsLackingAndForgetsItToBeReadBack() {
    var exposures = new Exposures(10);
    assertThat(exposures.watch(Map.of("x/a", new Watch(2, 100), "x/b", new Watch(2, 100))))
        .containsExactly("x/a", "x/b");
    exposures.add(ANNA, "x/a", 5);
    exposures.add(ANNA, "x/b", 5);
    assertThat(exposures.watch(Map.of("x/a", new Watch(2, 100), "x/b", new Watch(3, 100))))
        .containsExactly("x/b");
    assertThat(exposures.since(ANNA, "x/a", 0)).isOne();
    assertThat(exposures.since(ANNA, "x/b", 0)).isZero();
    assertThat(exposures.watch(Map.of("x/a", new Watch(1, 50)))).isEmpty();
    exposures.watch(Map.of());
    assertThat(exposures.size()).isZero();
  }

  @Test
  void forget_leavesNothing() {
    var exposures = new Exposures(10);
    exposures.watch(Map.of("x/a", new Watch(2, 100)));
    exposures.add(ANNA, "x/a", 5);
    exposures.forget(ANNA);
    assertThat(exposures.size()).isZero();
  }
}
