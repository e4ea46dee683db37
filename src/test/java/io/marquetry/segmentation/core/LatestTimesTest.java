package io.marquetry.segmentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.condition.Count;
import io.marquetry.condition.Count.Bound;
import io.marquetry.condition.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatestTimesTest {
  private static final Count THREE = new Count(List.of(new Bound(Relation.GTE, 3)));

  @Test
  void within_momentsAtTheEdge_leaveExactlyOneWindowLater() {
    var times = new LatestTimes();
    times.add(100, 4);

    assertThat(times.within(100, 10)).isOne();
    assertThat(times.within(109, 10)).isOne();
    assertThat(times.within(110, 10)).isZero();
  }

  @Test
  void refresh_threeOfThree_flipsWhenTheOldestLeaves() {
    var times = new LatestTimes();
    for (long at : new long[] {30, 10, 20}) {
      times.add(at, THREE.horizon());
    }

    assertThat(times.flip(35, 100, THREE)).isEqualTo(110);
  }

  @Test
  void refresh_moreThanTheHorizon_flipsWhenTheThirdLatestLeaves() {
    var times = new LatestTimes();
    for (long at = 1; at <= 50; at++) {
      times.add(at, THREE.horizon());
    }

    assertThat(times.flip(60, 100, THREE)).isEqualTo(148);
  }

  @Test
  void refresh_countHoldsNeverAgain_neverFlips() {
    var times = new LatestTimes();
    times.add(10, THREE.horizon());

    assertThat(times.flip(20, 100, THREE)).isEqualTo(Trail.NEVER);
  }

  /** Against counting all of them, for many windows, counts and moments. */
  @Test
  void withinAndFlip_anyTimesInAnyOrder_agreeWithCountingAll() {
    var random = new Random(42);
    var relations = List.of(Relation.values());
    for (int round = 0; round < 500; round++) {
      var count =
          new Count(
              List.of(
                  new Bound(relations.get(random.nextInt(relations.size())), random.nextInt(5))));
      long length = 1L + random.nextInt(40);
      var all = new ArrayList<Long>();
      var times = new LatestTimes();
      for (int i = random.nextInt(20); i > 0; i--) {
        long at = random.nextInt(60);
        all.add(at);
        times.add(at, count.horizon());
      }
      long now = 40L + random.nextInt(30);

      boolean holds = count.test(all.stream().filter(at -> at > now - length).count());
      assertThat(count.test(times.within(now, length))).isEqualTo(holds);
      long flip = Trail.NEVER;
      for (long later = now + 1; later < now + 100 && flip == Trail.NEVER; later++) {
        long moment = later;
        if (count.test(all.stream().filter(at -> at > moment - length).count()) != holds) {
          flip = later;
        }
      }
      assertThat(times.flip(now, length, count)).isEqualTo(flip);
    }
  }
}
