package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.experimentation.core.OffPolicy.Round;
import io.marquetry.testkit.RealData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What tables do that learn from logs of others, epoch by epoch as in the server. */
@Tag("real-data")
class RealAllocationTest {
  private static final int EPOCH = 100;
  private static final int SEEDS = 10;
  private static final int ITEMS = 20;

  /** Which arm is right is what a mushroom is; who looks knows nothing but its odour. */
  private record Mushroom(String kind, String odour) {}

  private record Shown(int item, double click) {}

  private static List<Mushroom> mushrooms() {
    var lines = RealData.lines("bandit-classification/mushroom.csv.gz");
    int odour = List.of(lines.getFirst().split(",", -1)).indexOf("odor");
    return lines.stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(cells -> new Mushroom(cells[0], "odour-" + cells[odour]))
        .toList();
  }

  /** Of the random log of three places on a page, all items as likely as each other. */
  private static List<Shown> shown() {
    var lines = RealData.lines("open-bandit/random_men.csv.gz");
    var header = List.of(lines.getFirst().split(",", -1));
    return lines.stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(
            cells ->
                new Shown(
                    Integer.parseInt(cells[header.indexOf("item_id")]),
                    Double.parseDouble(cells[header.indexOf("click")])))
        .filter(one -> one.item() < ITEMS)
        .toList();
  }

  private static void add(
      Map<String, Map<String, Tally>> seen, String context, String arm, double reward) {
    seen.computeIfAbsent(context, first -> new LinkedHashMap<>())
        .merge(arm, Tally.of(1, reward), Tally::plus);
  }

  private static double least(AllocationTable table) {
    return table.rows().stream()
        .flatMap(row -> row.probabilities().stream())
        .mapToDouble(one -> one)
        .min()
        .orElse(0);
  }

  @Test
  void play_realMushroomsByOdour_findsWhatIsRightForEachAndKeepsTheFloor() {
    var log = mushrooms();
    var odours = log.stream().map(Mushroom::odour).distinct().sorted().toList();
    var arms = List.of("e", "p");
    var spec = Simulation.spec(Map.of("segments", odours, "arms", arms));
    double won = 0;
    double late = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new SplittableRandom(seed);
      var player = Simulation.player(spec, arms);
      var table = player.next(new AllocationTable("hero", -1, arms, List.of()), Evidence.NONE, 0);
      var seen = new LinkedHashMap<String, Map<String, Tally>>();
      for (int i = 0; i < log.size(); i++) {
        if (i > 0 && i % EPOCH == 0) {
          table = player.next(table, new Evidence(seen), i / EPOCH);
          seen.clear();
          assertThat(least(table)).isGreaterThanOrEqualTo(spec.floor(2) - 1e-12);
        }
        var one = log.get(i);
        double first = Simulation.row(table, one.odour()).getFirst();
        var arm = random.nextDouble() < first ? "e" : "p";
        double reward = arm.equals(one.kind()) ? 1 : 0;
        add(seen, one.odour(), arm, reward);
        won += reward;
        late += i >= log.size() / 2 ? reward : 0;
      }
    }
    double each = (double) log.size() * SEEDS;
    double fixed = arms.stream().mapToDouble(arm -> shareOf(log, arm)).max().orElseThrow();
    double best = odours.stream().mapToDouble(odour -> mostOf(log, odour)).sum() / log.size();
    assertThat(won / each).as("the best single arm brings %f", fixed).isGreaterThan(fixed + .25);
    double kept = 1 - spec.floor(2);
    assertThat(late / (each / 2))
        .as("knowing each odour would bring %f", best)
        .isGreaterThan(best * kept - .04);
  }

  private static double shareOf(List<Mushroom> log, String kind) {
    return (double) log.stream().filter(one -> one.kind().equals(kind)).count() / log.size();
  }

  private static double mostOf(List<Mushroom> log, String odour) {
    var those = log.stream().filter(one -> one.odour().equals(odour)).toList();
    return Math.max(shareOf(those, "e"), shareOf(those, "p")) * those.size();
  }

  /**
   * Learnt from the first half, valued on the second. Some 13 clicks in it cannot show a policy
   * ahead of chance, and the estimate has to say so.
   */
  @Test
  void learn_halfOfARealRandomLog_isValuedOnTheOtherHalfWithAnHonestInterval() {
    var log = shown();
    var arms = IntStream.range(0, ITEMS).mapToObj("item%02d"::formatted).toList();
    var spec = Simulation.spec(Map.of("arms", arms));
    var player = Simulation.player(spec, arms);
    var table = player.next(new AllocationTable("hero", -1, arms, List.of()), Evidence.NONE, 0);
    int half = log.size() / 2;
    var seen = new LinkedHashMap<String, Map<String, Tally>>();
    for (int i = 0; i < half; i++) {
      add(seen, "", arms.get(log.get(i).item()), log.get(i).click());
      if ((i + 1) % (5 * EPOCH) == 0) {
        table = player.next(table, new Evidence(seen), 1 + i / (5 * EPOCH));
        seen.clear();
        assertThat(least(table)).isGreaterThanOrEqualTo(spec.floor(ITEMS) - 1e-12);
      }
    }
    var shares = table.rows().getLast().probabilities();
    var policy = shares.stream().mapToDouble(share -> share).toArray();
    var rounds = new ArrayList<Round>();
    double clicks = 0;
    for (var one : log.subList(half, log.size())) {
      clicks += one.click();
      rounds.add(new Round(rounds.size(), "", one.item(), 1.0 / ITEMS, policy, one.click()));
    }
    var model = new double[rounds.size()][];
    Arrays.fill(model, new double[ITEMS]);
    var value = OffPolicy.evaluate(rounds, model, 1).snips();
    double chance = clicks / rounds.size();
    assertThat(largest(policy)).isGreaterThan(2.0 / ITEMS);
    assertThat(chance).as("what chance brings").isBetween(value.low(), value.high());
    assertThat(value.high() - value.low()).isGreaterThan(chance / 2);
  }

  private static double largest(double[] shares) {
    return Arrays.stream(shares).max().orElseThrow();
  }
}
