package io.marquetry.models.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.kit.Id128;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CoOccurrenceTest {
  private static Id128 visitor(int number) {
    return new Id128(number, number);
  }

  /** Against somebody who keeps what every visitor dealt with. */
  @Test
  void model_randomVisitors_countsAsACarefulReader() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new SplittableRandom(seed);
      var counted = new CoOccurrence(1_000, 1_000);
      Map<Integer, Set<String>> baskets = new HashMap<>();
      for (int i = 0; i < 400; i++) {
        int who = random.nextInt(40);
        var item = "i" + random.nextInt(15);
        counted.learn(visitor(who), item);
        baskets.computeIfAbsent(who, first -> new LinkedHashSet<>()).add(item);
      }
      var model = counted.model("1");
      assertThat(model.people()).isEqualTo(baskets.size());
      for (var item : model.neighbours().keySet()) {
        for (var near : model.neighbours().get(item)) {
          long both = count(baskets, Set.of(item, near.item()));
          long one = count(baskets, Set.of(item));
          long other = count(baskets, Set.of(near.item()));
          double cosine = both / (Math.sqrt((double) one * other) + CoOccurrence.SHRINKAGE);
          assertThat(near.score()).as("seed %d", seed).isCloseTo(cosine, within(1e-12));
          assertThat(near.atLeast()).isLessThan((double) both / one).isPositive();
        }
      }
    }
  }

  private static long count(Map<Integer, Set<String>> baskets, Set<String> items) {
    return baskets.values().stream().filter(basket -> basket.containsAll(items)).count();
  }

  /** Wilson's interval as textbooks give it: 10 of 20 is 0.2993 to 0.7007. */
  @Test
  void atLeast_knownShares_isWilsonsLowerEnd() {
    assertThat(Shares.atLeast(10, 20)).isCloseTo(0.299298, within(1e-6));
    assertThat(Shares.atLeast(0, 20)).isZero();
    assertThat(Shares.atLeast(5, 0)).isZero();
    assertThat(Shares.atLeast(20, 20)).isBetween(0.8, 1.0);
  }

  @Test
  void tally_moreThanItHolds_neverCountsTooMuchAndKeepsTheFrequent() {
    var random = new SplittableRandom(7);
    var tally = new Tally(32);
    var exact = new HashMap<Integer, Integer>();
    for (int i = 0; i < 20_000; i++) {
      int key = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(2_000);
      tally.add(key);
      exact.merge(key, 1, Integer::sum);
    }
    assertThat(tally.size()).isLessThanOrEqualTo(32);
    for (int key : tally.keys()) {
      assertThat(tally.count(key)).isPositive().isLessThanOrEqualTo(exact.get(key));
    }
    for (int frequent = 0; frequent < 4; frequent++) {
      assertThat(exact.getOrDefault(frequent, 0) - tally.count(frequent)).isBetween(0, 20_000 / 33);
      assertThat(tally.count(frequent)).isPositive();
    }
  }

  @Test
  void learn_moreItemsThanRoom_areShedAndCounted() {
    var counted = new CoOccurrence(10, 5);
    for (int i = 0; i < 100; i++) {
      counted.learn(visitor(i), "i" + i);
    }
    assertThat(counted.shed()).isEqualTo(90);
    assertThat(counted.model("1").items()).isEqualTo(10);
  }

  @Test
  void forget_visitor_theirNextItemJoinsNothing() {
    var counted = new CoOccurrence(10, 10);
    counted.learn(visitor(1), "a");
    counted.forget(visitor(1));
    counted.learn(visitor(1), "b");
    assertThat(counted.model("1").neighbours()).isEmpty();
  }

  @Test
  void recommend_nothingKnown_namesThePopularWithLittleConfidence() {
    var counted = new CoOccurrence(10, 10);
    for (int i = 0; i < 6; i++) {
      counted.learn(visitor(i), "common");
    }
    counted.learn(visitor(0), "near");
    var model = counted.model("1");
    assertThat(model.recommend(List.of(), List.of(), 5))
        .extracting(ScoredItem::item)
        .containsExactly("common", "near");
    var after = model.recommend(List.of("near"), List.of(), 5);
    assertThat(after).extracting(ScoredItem::item).containsExactly("common");
    assertThat(after.getFirst().score())
        .isGreaterThan(model.recommend(List.of(), List.of(), 1).getFirst().score());
    assertThat(model.recommend(List.of(), List.of("near", "unheard-of"), 5))
        .extracting(ScoredItem::item)
        .containsExactly("near");
  }
}
