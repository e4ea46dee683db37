package io.marquetry.models.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.RealData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whether the built-in model recommends better than popularity, on logs of others. Everybody's last
 * item is held out and foretold from those before. The figures are those of {@code docs/models.md}.
 */
@Tag("real-data")
class RealRecommendationsTest {
  private static final int K = 10;

  private record Contest(int people, double model, double popular) {
    @Override
    public String toString() {
      return "hit@10 of %d: %.4f, by popularity %.4f".formatted(people, model, popular);
    }
  }

  @Test
  void recommend_clicksInShops_beatsPopularity() {
    var diginetica = contest(baskets("diginetica-sample/events.csv.gz", 0, 3));
    assertThat(diginetica.model())
        .as(diginetica.toString())
        .isGreaterThan(3 * diginetica.popular());
    var retailrocket = contest(baskets("retailrocket-dense/interactions.csv.gz", 0, 1));
    assertThat(retailrocket.model())
        .as(retailrocket.toString())
        .isGreaterThan(3 * retailrocket.popular());
  }

  private static Map<String, List<String>> baskets(String file, int visitor, int item) {
    var baskets = new LinkedHashMap<String, LinkedHashSet<String>>();
    for (var line : RealData.lines(file).stream().skip(1).toList()) {
      var cells = line.split(",", -1);
      baskets.computeIfAbsent(cells[visitor], first -> new LinkedHashSet<>()).add(cells[item]);
    }
    var lists = new LinkedHashMap<String, List<String>>();
    baskets.forEach((who, items) -> lists.put(who, new ArrayList<>(items)));
    return lists;
  }

  private static Contest contest(Map<String, List<String>> baskets) {
    var counted = new CoOccurrence(100_000, 100_000);
    int number = 0;
    for (var basket : baskets.values()) {
      number++;
      int known = basket.size() == 1 ? 1 : basket.size() - 1;
      for (var item : basket.subList(0, known)) {
        counted.learn(new Id128(number, number), item);
      }
    }
    var model = counted.model("1");
    int people = 0;
    int hits = 0;
    int popular = 0;
    for (var basket : baskets.values()) {
      if (basket.size() > 1) {
        var recent = basket.subList(0, basket.size() - 1).reversed();
        people++;
        hits += hit(model.recommend(recent.stream().limit(20).toList(), List.of(), K), basket);
        popular += hit(model.recommend(List.of(), List.of(), K), basket);
      }
    }
    return new Contest(people, (double) hits / people, (double) popular / people);
  }

  private static int hit(List<ScoredItem> items, List<String> basket) {
    return items.stream().anyMatch(one -> one.item().equals(basket.getLast())) ? 1 : 0;
  }
}
