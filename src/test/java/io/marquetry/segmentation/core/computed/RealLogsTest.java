package io.marquetry.segmentation.core.computed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.segmentation.core.Visits;
import io.marquetry.testkit.RealData;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What computed attributes are worth, on logs of others. The figures are those of {@code
 * docs/attributes.md}.
 */
@Tag("real-data")
class RealLogsTest {
  private static final Map<String, String> EVENTS =
      Map.of(
          "view", "Product Viewed",
          "addtocart", "Product Added",
          "favourite", "Product Added to Wishlist",
          "transaction", "Order Completed");

  // ---- the next category

  /** Something one visitor did. */
  private record Step(String visitor, long at, String event, String category) {}

  /** How often the next category is among the first 1, 5 and 10 of an order. */
  private record Hits(double one, double five, double ten) {
    static Hits of(List<Integer> ranks) {
      return new Hits(share(ranks, 1), share(ranks, 5), share(ranks, 10));
    }

    private static double share(List<Integer> ranks, int most) {
      return ranks.stream().filter(rank -> rank < most).count() / (double) ranks.size();
    }
  }

  private record Contest(int visitors, Hits affinity, Hits popularity) {}

  /** The last step of everybody who took two or more is held out and foretold from those before. */
  private static Contest contest(List<Step> steps) {
    var histories = new LinkedHashMap<String, List<Step>>();
    steps.stream()
        .sorted(Comparator.comparingLong(Step::at))
        .forEach(
            step -> histories.computeIfAbsent(step.visitor(), key -> new ArrayList<>()).add(step));
    var counts = new HashMap<String, Integer>();
    for (var history : histories.values()) {
      int end = history.size() == 1 ? 1 : history.size() - 1;
      history.subList(0, end).forEach(one -> counts.merge(one.category(), 1, Integer::sum));
    }
    var popular =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .limit(10)
            .toList();
    var byAffinity = new ArrayList<Integer>();
    var byPopularity = new ArrayList<Integer>();
    for (var history : histories.values()) {
      if (history.size() > 1) {
        var next = history.getLast();
        byAffinity.add(rank(leanings(history.subList(0, history.size() - 1), next.at()), next));
        byPopularity.add(rank(popular, next));
      }
    }
    return new Contest(byAffinity.size(), Hits.of(byAffinity), Hits.of(byPopularity));
  }

  private static int rank(List<String> order, Step next) {
    int rank = order.indexOf(next.category());
    return rank < 0 ? Integer.MAX_VALUE : rank;
  }

  private static List<String> leanings(List<Step> history, long now) {
    var computed = new Computed();
    for (var step : history) {
      var product = "{'category':'%s'}".formatted(step.category());
      boolean order = step.event().equals("Order Completed");
      var properties = order ? "{'products':[" + product + "]}" : product;
      computed.take(Visits.track(step.event(), step.at(), properties), null);
    }
    var affinity = (Map<?, ?>) computed.values(now, 0).getOrDefault("affinity", Map.of());
    return affinity.get("category") instanceof Map<?, ?> categories
        ? categories.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }

  private static List<String[]> rows(String file) {
    return RealData.lines(file).stream().skip(1).map(line -> line.split(",", -1)).toList();
  }

  @Test
  void categoryAffinity_taobao_foretellsTheNextCategoryBetterThanPopularity() {
    var steps =
        rows("taobao-userbehavior/events.csv.gz").stream()
            .map(
                row -> new Step(row[0], Long.parseLong(row[4]) * 1_000, EVENTS.get(row[3]), row[2]))
            .toList();
    var contest = contest(steps);
    assertThat(contest.visitors()).isEqualTo(10_287);
    assertHits(contest.affinity(), 0.340, 0.411, 0.412);
    assertHits(contest.popularity(), 0.052, 0.191, 0.294);
  }

  @Test
  void categoryAffinity_diginetica_foretellsTheNextCategoryBetterThanPopularity() {
    var categories =
        rows("diginetica-sample/item_categories.csv.gz").stream()
            .collect(Collectors.toMap(row -> row[0], row -> row[1]));
    var steps =
        rows("diginetica-sample/events.csv.gz").stream()
            .filter(row -> categories.containsKey(row[3]))
            .map(row -> new Step(row[0], at(row), EVENTS.get(row[2]), categories.get(row[3])))
            .toList();
    var contest = contest(steps);
    assertThat(contest.visitors()).isEqualTo(1_025);
    assertHits(contest.affinity(), 0.760, 0.847, 0.847);
    assertHits(contest.popularity(), 0.068, 0.180, 0.261);
  }

  private static void assertHits(Hits hits, double one, double five, double ten) {
    assertThat(List.of(hits.one(), hits.five(), hits.ten()))
        .usingElementComparator(Comparator.comparingLong(share -> Math.round(share * 1_000)))
        .containsExactly(one, five, ten);
  }

  private static long at(String[] row) {
    long day = LocalDate.parse(row[5]).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    return day + Long.parseLong(row[1]);
  }

  // ---- who buys

  /** A labelled visit of the shop, as far as it can be known while it goes on. */
  private record Visit(
      double pages, double products, double minutes, double value, boolean isNew, boolean bought) {
    static Visit of(String[] row) {
      double seconds = number(row, 2) + number(row, 4) + number(row, 6);
      return new Visit(
          number(row, 1) + number(row, 3) + number(row, 5),
          number(row, 5),
          seconds / 60,
          number(row, 9),
          row[16].equals("New_Visitor"),
          row[18].equals("TRUE"));
    }

    private static double number(String[] row, int column) {
      return Double.parseDouble(row[column]);
    }

    double intent(boolean valueKnown) {
      long cents = Math.round(value * 100);
      var counts = List.<Object>of((long) products, 0L, 0L, 0L, 0L, valueKnown ? 1L : 0L, cents);
      long millis = Math.round(minutes * 60_000);
      return new SessionIntent(VisitDeeds.of(counts), 0, millis, isNew).at(millis);
    }
  }

  /** The half of the visits that the weights of the intent were not fitted on. */
  private static List<Visit> heldOut() {
    return rows("online-shoppers-intention/sessions.csv.gz").stream()
        .filter(row -> Integer.parseInt(row[0]) / 2 % 2 == 1)
        .map(Visit::of)
        .toList();
  }

  /** How often a visit with a purchase scores higher than one without; ties count half. */
  private static double auc(List<Visit> visits, ToDoubleFunction<Visit> score) {
    var buyers = visits.stream().filter(Visit::bought).mapToDouble(score).sorted().toArray();
    var others = visits.stream().filter(one -> !one.bought()).mapToDouble(score).toArray();
    double wins = 0;
    for (double other : others) {
      for (double buyer : buyers) {
        wins += buyer > other ? 1 : buyer == other ? 0.5 : 0;
      }
    }
    return wins / buyers.length / others.length;
  }

  @Test
  void sessionIntent_onlineShoppers_tellsBuyersBetterThanAnySingleSign() {
    var visits = heldOut();
    assertThat(visits).hasSize(3_060);
    assertAuc(visits, Visit::pages, 0.688);
    assertAuc(visits, Visit::minutes, 0.696);
    assertAuc(visits, one -> one.intent(false), 0.719);
    assertAuc(visits, Visit::value, 0.859);
    assertAuc(visits, one -> one.intent(true), 0.897);
  }

  private static void assertAuc(List<Visit> visits, ToDoubleFunction<Visit> score, double wanted) {
    assertThat(auc(visits, score)).isCloseTo(wanted, within(0.0005));
  }
}
