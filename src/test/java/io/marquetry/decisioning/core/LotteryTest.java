package io.marquetry.decisioning.core;

import static io.marquetry.decisioning.core.Given.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Experiments and bandits: who draws what, how likely that was, and what is said of it. */
class LotteryTest {
  private static final Id128 VISITOR = new Id128(3, 4);

  private final SegmentCache cache = new SegmentCache(10);
  private final VisitorView view = new VisitorView();
  private long version;

  private static Given abc(String component, Map<String, Object> strategy) {
    var given = Given.catalogue();
    given.put(
        Kind.COMPONENT,
        component,
        json("key", component, "fallback", List.of("z"), "strategy", strategy));
    for (var variant : List.of("a", "b", "c", "z")) {
      given.variant(component, variant);
    }
    return given;
  }

  private static Map<String, Object> experiment(Object... arms) {
    var list = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < arms.length; i += 2) {
      list.add(Map.of("variant", arms[i], "weight", arms[i + 1]));
    }
    return json("kind", "experiment", "arms", list);
  }

  private static Map<String, Object> bandit() {
    return json("kind", "bandit", "arms", List.of("a", "b", "c"));
  }

  private List<Choice> decide(
      DecisionPlan plan, Id128 unit, List<String> segments, String... components) {
    cache.put(Given.profile(VISITOR, ++version, segments, Map.of()));
    cache.find(Given.grant(), VISITOR, Map.of(), view);
    view.unit(unit);
    return DecisionEngine.decide(plan, List.of(components), Basis.PROFILE, view, 0);
  }

  private Choice choice(DecisionPlan plan, Id128 unit, String... segments) {
    return decide(plan, unit, List.of(segments), "x").getFirst();
  }

  private static List<Id128> units(int seed, int count) {
    var random = new Random(seed);
    var units = new ArrayList<Id128>();
    for (int i = 0; i < count; i++) {
      units.add(new Id128(random.nextLong(), random.nextLong()));
    }
    return units;
  }

  private Map<String, Integer> counts(DecisionPlan plan, List<Id128> units, String... segments) {
    var counts = new HashMap<String, Integer>();
    for (var unit : units) {
      counts.merge(
          String.valueOf(choice(plan, unit, segments).variant()), 1, (one, two) -> one + two);
    }
    return counts;
  }

  private static Draw draw(Choice choice) {
    return Objects.requireNonNull(choice.draw());
  }

  @Test
  void experiment_weights_areTheSharesAndThePropensities() {
    var plan = abc("x", experiment("a", 5, "b", 3, "c", 2)).plan();
    var units = units(1, 60_000);
    var counts = counts(plan, units);
    assertThat(counts.get("a") / 60_000.0).isCloseTo(0.5, within(0.01));
    assertThat(counts.get("b") / 60_000.0).isCloseTo(0.3, within(0.01));
    assertThat(counts.get("c") / 60_000.0).isCloseTo(0.2, within(0.01));
    for (var unit : units.subList(0, 50)) {
      var choice = choice(plan, unit);
      double expected = Map.of("a", 0.5, "b", 0.3, "c", 0.2).get(choice.variant());
      assertThat(choice.propensity()).isEqualTo(expected);
      assertThat(choice.strategy()).isEqualTo("experiment");
      assertThat(choice.fallbackStep()).isEqualTo(-1);
      assertThat(draw(choice))
          .isEqualTo(
              new Draw(
                  "x",
                  0,
                  List.of(),
                  List.of("a", "b", "c"),
                  List.of(0.5, 0.3, 0.2),
                  List.of("a", "b", "c")));
      assertThat(choice.reasons().getLast().kind()).isEqualTo("experiment");
    }
  }

  /** Chi-square, two degrees of freedom, 0.1 % level. */
  @Test
  void experiments_ofTwoKeys_haveNothingToDoWithEachOther() {
    var one = abc("x", experiment("a", 1, "b", 1)).plan();
    var named = experiment("a", 1, "b", 1);
    named.put("key", "other");
    var other = abc("x", named).plan();
    var cells = new int[2][2];
    for (var unit : units(2, 20_000)) {
      int row = "a".equals(choice(one, unit).variant()) ? 0 : 1;
      int column = "a".equals(choice(other, unit).variant()) ? 0 : 1;
      cells[row][column]++;
    }
    double statistic = 0;
    for (var row : cells) {
      for (int cell : row) {
        statistic += Math.pow(cell - 5_000, 2) / 5_000;
      }
    }
    assertThat(statistic).isLessThan(16.3);
  }

  @Test
  void weights_changed_moveOnlyAsManyAsMust() {
    var before = abc("x", experiment("a", 0.5, "b", 0.3, "c", 0.2)).plan();
    var after = abc("x", experiment("c", 0.2, "b", 0.4, "a", 0.4)).plan();
    var units = units(3, 30_000);
    int moved = 0;
    for (var unit : units) {
      var was = choice(before, unit).variant();
      var is = choice(after, unit).variant();
      if (!Objects.equals(was, is)) {
        moved++;
        assertThat(was + is).isIn("ab", "ac", "cb");
      }
    }
    assertThat(moved / 30_000.0).isBetween(0.09, 0.16);
  }

  @Test
  void arm_thatMayNotBeShown_movesItsVisitorsAloneAndTheOthersSharesGrow() {
    var plan =
        abc("x", experiment("a", 5, "b", 3, "c", 2))
            .variant("x", "b", "when", Map.of("$inSegment", "vip"))
            .plan();
    for (var unit : units(4, 2_000)) {
      var all = choice(plan, unit, "vip");
      var some = choice(plan, unit);
      if (!"b".equals(all.variant())) {
        assertThat(some.variant()).isEqualTo(all.variant());
      }
      assertThat(draw(some).eligible()).containsExactly("a", "c");
      assertThat(some.propensity()).isEqualTo("a".equals(some.variant()) ? 0.5 / 0.7 : 0.2 / 0.7);
      assertThat(some.reasons().getFirst().text()).contains("“b” is not for this visitor");
    }
  }

  @Test
  void noArm_mayBeShown_theChainDecides() {
    var plan = abc("x", experiment("a", 1)).variant("x", "a", "status", "draft").plan();
    var choice = choice(plan, VISITOR);
    assertThat(choice.variant()).isEqualTo("z");
    assertThat(choice.strategy()).isEqualTo("fallback");
    assertThat(choice.draw()).isNull();
    assertThat(choice.reasons().getFirst().kind()).isEqualTo("skipped");
  }

  @Test
  void rule_thatPins_comesFirstAndIsCertain() {
    var plan =
        abc("x", experiment("a", 1, "b", 1))
            .show("pin", "x", 1, Map.of("$inSegment", "vip"), "c")
            .plan();
    var pinned = choice(plan, VISITOR, "vip");
    assertThat(pinned.variant()).isEqualTo("c");
    assertThat(pinned.propensity()).isEqualTo(1);
    assertThat(pinned.draw()).isNull();
    assertThat(choice(plan, VISITOR).strategy()).isEqualTo("experiment");
  }

  @Test
  void rule_withAnExperiment_hasLotsOfItsOwn() {
    var plan =
        abc("x", bandit())
            .rule(
                "try",
                "x",
                1,
                Map.of("$inSegment", "vip"),
                Map.of("strategy", experiment("b", 1, "c", 1)))
            .plan();
    var choice = choice(plan, VISITOR, "vip");
    assertThat(draw(choice).of()).isEqualTo("x#try");
    assertThat(choice.reasons()).extracting(Reason::kind).startsWith("rule", "segment");
    assertThat(draw(choice(plan, VISITOR)).of()).isEqualTo("x");
  }

  @Test
  void namespace_partsThatDoNotOverlap_haveNoVisitorInCommon() {
    var first = experiment("a", 1);
    first.put("namespace", Map.of("key", "n", "from", 0, "to", 0.3));
    var second = experiment("b", 1);
    second.put("namespace", Map.of("key", "n", "from", 0.3, "to", 0.9));
    var one = abc("x", first).plan();
    var two = abc("x", second).plan();
    int firsts = 0;
    int seconds = 0;
    for (var unit : units(5, 20_000)) {
      boolean inFirst = "a".equals(choice(one, unit).variant());
      boolean inSecond = "b".equals(choice(two, unit).variant());
      assertThat(inFirst && inSecond).isFalse();
      firsts += inFirst ? 1 : 0;
      seconds += inSecond ? 1 : 0;
    }
    assertThat(firsts / 20_000.0).isCloseTo(0.3, within(0.015));
    assertThat(seconds / 20_000.0).isCloseTo(0.6, within(0.015));
    var left = units(5, 50).stream().map(unit -> choice(one, unit)).filter(c -> c.draw() == null);
    assertThat(left.findFirst().orElseThrow().reasons().getFirst().text())
        .isEqualTo("experiment “x” leaves this visitor out");
  }

  private static AllocationTable table(long epoch, AllocationRow... rows) {
    return new AllocationTable("x", epoch, List.of("a", "b", "c"), List.of(rows));
  }

  private static AllocationRow row(double a, double b, double c, String... segments) {
    return new AllocationRow(List.of(segments), List.of(a, b, c), List.of(a * a, b * b, c * c));
  }

  @Test
  void bandit_withoutATable_sharesAlike() {
    var choice = choice(abc("x", bandit()).plan(), VISITOR);
    assertThat(choice.strategy()).isEqualTo("bandit");
    assertThat(draw(choice).epoch()).isEqualTo(-1);
    assertThat(choice.propensity()).isEqualTo(1 / 3.0);
  }

  @Test
  void bandit_firstRowAllOfWhoseSegmentsFit_counts() {
    var tables =
        List.of(table(7, row(1, 0, 0, "vip", "mobile"), row(0, 1, 0, "vip"), row(0.2, 0.3, 0.5)));
    var plan = DecisionPlan.of(abc("x", bandit()).build(), tables);
    assertThat(choice(plan, VISITOR, "mobile", "vip").variant()).isEqualTo("a");
    var vip = choice(plan, VISITOR, "vip");
    assertThat(vip.variant()).isEqualTo("b");
    assertThat(draw(vip).segments()).containsExactly("vip");
    assertThat(draw(vip).epoch()).isEqualTo(7);
    var counts = counts(plan, units(6, 20_000));
    assertThat(counts.get("c") / 20_000.0).isCloseTo(0.5, within(0.015));
    var one = choice(plan, VISITOR);
    double share = Map.of("a", 0.2, "b", 0.3, "c", 0.5).get(one.variant());
    assertThat(one.propensity()).isEqualTo(share);
    assertThat(one.confidence()).isEqualTo(share * share);
  }

  @Test
  void bandit_armThatTheTableDoesNotKnow_waitsForTheNext() {
    var arms = json("kind", "bandit", "arms", List.of("a", "z"));
    var plan = DecisionPlan.of(abc("x", arms).build(), List.of(table(1, row(0.2, 0.3, 0.5))));
    assertThat(counts(plan, units(7, 300))).containsOnlyKeys("a");
    assertThat(choice(plan, VISITOR).propensity()).isEqualTo(1);
    assertThat(draw(choice(plan, VISITOR)).allocation()).containsExactly(0.2, 0.0);
    var alone = json("kind", "bandit", "arms", List.of("z"));
    var without = DecisionPlan.of(abc("x", alone).build(), List.of(table(1, row(0.2, 0.3, 0.5))));
    assertThat(choice(without, VISITOR).variant()).isEqualTo("z");
  }

  /** What D.12 asks: the sum of 1/propensity over what was drawn is visitors times arms. */
  @Test
  void propensities_random_addUpToTheNumberOfVisitorsTimesArms() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      double a = 0.1 + random.nextDouble();
      double b = 0.1 + random.nextDouble();
      double c = 0.1 + random.nextDouble();
      double sum = a + b + c;
      var tables = List.of(table(1, row(a / sum, b / sum, c / sum)));
      var plan = DecisionPlan.of(abc("x", bandit()).build(), tables);
      double inverse = 0;
      double squares = 0;
      for (var unit : units(seed, 3_000)) {
        double one = 1 / choice(plan, unit).propensity();
        inverse += one;
        squares += one * one;
      }
      double error = Math.sqrt(squares - inverse * inverse / 3_000);
      assertThat(inverse).as("seed %d", seed).isCloseTo(9_000, within(4.5 * error));
    }
  }

  /**
   * Two drawn components and a constraint: the chance of the second, given what the first shows.
   */
  @Test
  void constraint_betweenTwoDraws_propensitiesAreThoseGivenTheFirst() {
    var given = abc("x", experiment("a", 5, "b", 5));
    given.put(
        Kind.COMPONENT,
        "y",
        json("key", "y", "fallback", List.of("z"), "strategy", experiment("a", 2, "b", 3, "c", 5)));
    for (var variant : List.of("a", "b", "c", "z")) {
      given.variant("y", variant);
    }
    var never =
        List.of(Map.of("component", "x", "variant", "a"), Map.of("component", "y", "variant", "b"));
    given.put(Kind.RULE, "apart", json("kind", "constraint", "never", never));
    var plan = given.plan();
    var counts = new HashMap<String, Integer>();
    var propensities = new HashMap<String, HashSet<Double>>();
    var firsts = new HashMap<String, Integer>();
    for (var unit : units(8, 40_000)) {
      var choices = decide(plan, unit, List.of(), "x", "y");
      var first = String.valueOf(choices.getFirst().variant());
      var both = first + choices.get(1).variant();
      firsts.merge(first, 1, (one, two) -> one + two);
      counts.merge(both, 1, (one, two) -> one + two);
      propensities.computeIfAbsent(both, key -> new HashSet<>()).add(choices.get(1).propensity());
    }
    assertThat(counts).containsOnlyKeys("aa", "ac", "ba", "bb", "bc");
    counts.forEach(
        (both, count) -> {
          assertThat(propensities.get(both)).as(both).hasSize(1);
          double share = count / (double) firsts.get(both.substring(0, 1));
          assertThat(propensities.get(both).iterator().next())
              .as(both)
              .isCloseTo(share, within(0.015));
        });
  }

  @Test
  void heldOut_nobodyDraws() {
    view.clear(Map.of());
    view.unit(VISITOR);
    var plan = abc("x", experiment("a", 1, "b", 1)).plan();
    var choice = DecisionEngine.decide(plan, List.of("x"), Basis.HELD_OUT, view, 0).getFirst();
    assertThat(choice.strategy()).isEqualTo("baseline");
    assertThat(choice.draw()).isNull();
  }

  @Test
  void sameWay_sharesOneChoice() {
    var plan = abc("x", experiment("a", 1)).plan();
    assertThat(choice(plan, new Id128(9, 9))).isSameAs(choice(plan, VISITOR));
  }

  @Test
  void strategies_thatMakeNoSense_areLeftOutAndTheChainDecides() {
    for (var strategy :
        List.of(
            json("kind", "magic"),
            json("kind", "experiment"),
            json("kind", "experiment", "arms", List.of(Map.of("variant", "nobody"))),
            json("kind", "experiment", "arms", List.of(Map.of("variant", "a", "weight", -1))),
            json("kind", "bandit", "arms", List.of("nobody")))) {
      var plan = abc("x", strategy).plan();
      assertThat(plan.problems()).as("%s", strategy).hasSize(1);
      assertThat(choice(plan, VISITOR).variant()).isEqualTo("z");
    }
  }
}
