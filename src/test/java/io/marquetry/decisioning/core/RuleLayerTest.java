package io.marquetry.decisioning.core;

import static io.marquetry.decisioning.core.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.kit.Id128;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What rules can do beyond showing a variant, and what keeps variants apart. */
class RuleLayerTest {
  private static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final Id128 VISITOR = new Id128(3, 4);

  private final SegmentCache cache = new SegmentCache(10);
  private final Exposures exposures = new Exposures(100);
  private final VisitorView view = new VisitorView();
  private long version;

  private List<Choice> decide(DecisionPlan plan, long now, String... components) {
    return decide(plan, now, List.of(), components);
  }

  private List<Choice> decide(
      DecisionPlan plan, long now, List<String> segments, String... components) {
    cache.put(Given.profile(VISITOR, ++version, segments, Map.of("visits", 2L)));
    cache.find(Given.grant(), VISITOR, Map.of(), view);
    view.counted(exposures, VISITOR);
    return DecisionEngine.decide(plan, List.of(components), Basis.PROFILE, view, now);
  }

  private static String shown(List<Choice> choices) {
    return String.join(",", choices.stream().map(one -> String.valueOf(one.variant())).toList());
  }

  private static String texts(Choice choice) {
    return String.join("\n", choice.reasons().stream().map(Reason::text).toList());
  }

  private static Given abc(String... components) {
    var given = Given.catalogue();
    for (var component : components) {
      given.component(component, "a", "b");
      for (var variant : List.of("a", "b", "c")) {
        given.variant(component, variant);
      }
    }
    return given;
  }

  private static Map<String, Object> boost(String variant, double factor) {
    return Map.of("boost", Map.of(variant, factor));
  }

  @Test
  void boost_above1_movesUpTheChain() {
    var plan = abc("x").rule("up", "x", 1, Map.of(), boost("b", 2)).plan();
    var choice = decide(plan, NOW, "x").getFirst();
    assertThat(choice.variant()).isEqualTo("b");
    assertThat(choice.strategy()).isEqualTo("fallback");
    assertThat(choice.fallbackStep()).isEqualTo(1);
    assertThat(texts(choice)).contains("rule “up” boosts “b” by 2");
  }

  @Test
  void boost_variantOutsideTheChain_joinsIt() {
    var plan = abc("x").rule("up", "x", 1, Map.of(), boost("c", 1.5)).plan();
    var choice = decide(plan, NOW, "x").getFirst();
    assertThat(choice.variant()).isEqualTo("c");
    assertThat(choice.fallbackStep()).isEqualTo(-1);
  }

  @Test
  void boost_below1_movesDownAndFactorsMultiply() {
    var plan =
        abc("x")
            .rule("down", "x", 2, Map.of(), boost("a", 0.5))
            .rule("up", "x", 1, Map.of("$inSegment", "vip"), boost("a", 4))
            .plan();
    assertThat(shown(decide(plan, NOW, "x"))).isEqualTo("b");
    assertThat(shown(decide(plan, NOW, List.of("vip"), "x"))).isEqualTo("a");
  }

  @Test
  void strategy_ownOrder_choosesTheFirstThatFits() {
    var order = Map.<String, Object>of("kind", "first-eligible", "order", List.of("c", "b"));
    var plan =
        abc("x")
            .rule("no-c", "x", 5, Map.of("$inSegment", "bored"), Map.of("exclude", List.of("c")))
            .rule("own", "x", 4, Map.of("$inSegment", "vip"), Map.of("strategy", order))
            .plan();
    assertThat(shown(decide(plan, NOW, "x"))).isEqualTo("a");
    var choice = decide(plan, NOW, List.of("vip"), "x").getFirst();
    assertThat(choice.variant()).isEqualTo("c");
    assertThat(choice.strategy()).isEqualTo("first-eligible");
    assertThat(texts(choice)).contains("rule “own”").contains("first of its order");
    assertThat(shown(decide(plan, NOW, List.of("bored", "vip"), "x"))).isEqualTo("b");
  }

  @Test
  void strategy_noneFits_leavesItToTheNextRule() {
    var order = Map.<String, Object>of("kind", "first-eligible", "order", List.of("c"));
    var plan =
        abc("x")
            .rule("no-c", "x", 5, Map.of(), Map.of("exclude", List.of("c")))
            .rule("own", "x", 4, Map.of(), Map.of("strategy", order))
            .show("pin", "x", 3, Map.of(), "b")
            .plan();
    var choice = decide(plan, NOW, "x").getFirst();
    assertThat(choice.variant()).isEqualTo("b");
    assertThat(texts(choice)).contains("rule “own” applies, but none of its variants may be shown");
  }

  @Test
  void schedule_outsideIt_ruleDoesNothing() {
    var plan =
        abc("x")
            .put(
                Kind.RULE,
                "sale",
                json(
                    "component", "x",
                    "when", Map.of(),
                    "then", Map.of("show", "c"),
                    "schedule",
                        Map.of("from", "2026-11-22T12:00:00Z", "to", "2026-11-23T12:00:00Z")))
            .plan();
    assertThat(shown(decide(plan, NOW - 1, "x"))).isEqualTo("a");
    assertThat(shown(decide(plan, NOW, "x"))).isEqualTo("c");
    assertThat(shown(decide(plan, NOW + DAY - 1, "x"))).isEqualTo("c");
    assertThat(shown(decide(plan, NOW + DAY, "x"))).isEqualTo("a");
  }

  private static DecisionPlan capped(int exposures) {
    var cap = Map.of("variants", List.of("a"), "exposures", exposures, "within", "P1D");
    return abc("x").rule("enough", "x", 9, Map.of(), Map.of("cap", cap)).plan();
  }

  private String show(DecisionPlan plan, long now) {
    var choice = decide(plan, now, "x").getFirst();
    exposures.add(VISITOR, "x/" + choice.variant(), now);
    return String.valueOf(choice.variant());
  }

  @Test
  void cap_reached_variantIsOutUntilTheWindowSlides() {
    var plan = capped(2);
    exposures.watch(plan.watched());
    assertThat(show(plan, NOW)).isEqualTo("a");
    assertThat(show(plan, NOW + 1_000)).isEqualTo("a");
    assertThat(show(plan, NOW + 2_000)).isEqualTo("b");
    assertThat(texts(decide(plan, NOW + 3_000, "x").getFirst()))
        .contains("“a” was shown often enough: rule “enough” allows 2 within P1D");
    assertThat(show(plan, NOW + DAY - 1)).isEqualTo("b");
    assertThat(show(plan, NOW + DAY)).isEqualTo("a");
    assertThat(show(plan, NOW + DAY + 1)).isEqualTo("b");
    assertThat(show(plan, NOW + DAY + 1_000)).isEqualTo("a");
  }

  @Test
  void cap_countIsAmongTheSignals() {
    var plan = capped(3);
    exposures.watch(plan.watched());
    exposures.add(VISITOR, "x/a", NOW - 5);
    cache.put(Given.profile(VISITOR, ++version, List.of(), Map.of()));
    cache.find(Given.grant(), VISITOR, Map.of(), view);
    view.counted(exposures, VISITOR);
    var signals = new Signals();
    view.record(signals);
    DecisionEngine.decide(plan, List.of("x"), Basis.PROFILE, view, NOW);
    assertThat(signals.all()).containsEntry("exposures.x/a.PT24H", 1L);
  }

  @Test
  void cap_nobodyToCountFor_variantIsOut() {
    view.clear(Map.of());
    var choice =
        DecisionEngine.decide(capped(2), List.of("x"), Basis.NO_CONSENT, view, NOW).getFirst();
    assertThat(choice.variant()).isEqualTo("b");
    assertThat(texts(choice)).contains("nobody is known to count for");
  }

  /** A rule of higher priority is asked before the cap, so it is not held by it. */
  @Test
  void cap_belowAPin_doesNotHoldIt() {
    var cap = Map.of("variants", List.of("a"), "exposures", 1, "within", "P1D");
    var plan =
        abc("x")
            .show("pin", "x", 9, Map.of(), "a")
            .rule("enough", "x", 1, Map.of(), Map.of("cap", cap))
            .plan();
    exposures.watch(plan.watched());
    exposures.add(VISITOR, "x/a", NOW);
    assertThat(shown(decide(plan, NOW, "x"))).isEqualTo("a");
  }

  private static Map<String, Object> never(String... pairs) {
    var never = new ArrayList<Map<String, Object>>();
    for (var pair : pairs) {
      int slash = pair.indexOf('/');
      never.add(
          Map.of("component", pair.substring(0, slash), "variant", pair.substring(slash + 1)));
    }
    return json("kind", "constraint", "never", never);
  }

  @Test
  void constraint_bothByChain_theOneFurtherUpStays() {
    var plan = abc("hero", "cta").put(Kind.RULE, "apart", never("hero/a", "cta/a")).plan();
    assertThat(shown(decide(plan, NOW, "hero", "cta"))).isEqualTo("a,b");
    assertThat(shown(decide(plan, NOW, "cta", "hero"))).isEqualTo("a,b");
    assertThat(texts(decide(plan, NOW, "hero", "cta").get(1)))
        .contains("constraint “apart” keeps “a” of cta");
    assertThat(shown(decide(plan, NOW, "cta"))).isEqualTo("a");
  }

  @Test
  void constraint_ruleOfHigherPriority_hasItsWay() {
    var plan =
        abc("hero", "cta")
            .show("hero-pin", "hero", 3, Map.of(), "c")
            .show("cta-pin", "cta", 7, Map.of(), "c")
            .put(Kind.RULE, "apart", never("hero/c", "cta/c"))
            .plan();
    assertThat(shown(decide(plan, NOW, "hero", "cta"))).isEqualTo("a,c");
  }

  @Test
  void constraint_nothingElseFits_leavesThePagesOwnMarkup() {
    var plan =
        Given.catalogue()
            .component("hero", "a")
            .variant("hero", "a")
            .component("cta", "a")
            .variant("cta", "a")
            .put(Kind.RULE, "apart", never("hero/a", "cta/a"))
            .plan();
    var choices = decide(plan, NOW, "hero", "cta");
    assertThat(shown(choices)).isEqualTo("a,null");
    assertThat(choices.get(1).strategy()).isEqualTo("none");
  }

  @Test
  void constraint_heldOut_holdsToo() {
    var plan = abc("hero", "cta").put(Kind.RULE, "apart", never("hero/b", "cta/b")).plan();
    view.clear(Map.of());
    var choices = DecisionEngine.decide(plan, List.of("hero", "cta"), Basis.HELD_OUT, view, NOW);
    assertThat(shown(choices)).isEqualTo("b,a");
  }

  @Test
  void constraint_outsideItsScheduleOrOff_doesNothing() {
    var scheduled = new HashMap<>(never("hero/a", "cta/a"));
    scheduled.put("schedule", Map.of("to", "2026-11-22T12:00:00Z"));
    var plan = abc("hero", "cta").put(Kind.RULE, "apart", scheduled).plan();
    assertThat(shown(decide(plan, NOW - 1, "hero", "cta"))).isEqualTo("a,b");
    assertThat(shown(decide(plan, NOW, "hero", "cta"))).isEqualTo("a,a");
    var off = new HashMap<>(never("hero/a", "cta/a"));
    off.put("enabled", false);
    var without = abc("hero", "cta").put(Kind.RULE, "apart", off).plan();
    assertThat(shown(decide(without, NOW, "hero", "cta"))).isEqualTo("a,a");
  }

  @Test
  void constraints_random_areNeverBrokenAndAlwaysAnswered() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var names = List.of("p", "q", "r", "s");
      var given = abc("p", "q", "r", "s");
      var constraints = new ArrayList<List<String>>();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        var pairs = new HashSet<String>();
        while (pairs.stream().map(one -> one.substring(0, 1)).distinct().count() < 2) {
          pairs.add(names.get(random.nextInt(4)) + "/" + "abc".charAt(random.nextInt(3)));
        }
        constraints.add(List.copyOf(pairs));
        given.put(Kind.RULE, "apart" + i, never(pairs.toArray(String[]::new)));
      }
      for (int i = 0; i < random.nextInt(5); i++) {
        var variant = String.valueOf("abc".charAt(random.nextInt(3)));
        given.show("pin" + i, names.get(random.nextInt(4)), random.nextInt(5), Map.of(), variant);
      }
      var choices = decide(given.plan(), NOW, "p", "q", "r", "s");
      var onPage = choices.stream().map(one -> one.component() + "/" + one.variant()).toList();
      assertThat(onPage).hasSize(4);
      for (var pairs : constraints) {
        var components =
            pairs.stream().filter(onPage::contains).map(one -> one.substring(0, 1)).distinct();
        assertThat(components.count()).as("seed %d: %s with %s", seed, onPage, pairs).isLessThan(2);
      }
    }
  }

  @Test
  void rules_thatMakeNoSense_areLeftOutAndNamed() {
    var plan =
        abc("x", "y")
            .rule("zero", "x", 1, Map.of(), boost("a", 0))
            .rule("nobody", "x", 1, Map.of(), boost("zz", 2))
            .rule("magic", "x", 1, Map.of(), Map.of("strategy", Map.of("kind", "magic")))
            .rule(
                "endless",
                "x",
                1,
                Map.of(),
                Map.of("cap", Map.of("variants", List.of("a"), "exposures", 1, "within", "P900D")))
            .rule(
                "often",
                "x",
                1,
                Map.of(),
                Map.of(
                    "cap", Map.of("variants", List.of("a"), "exposures", 1_000, "within", "P1D")))
            .rule("empty", "x", 1, Map.of(), Map.of())
            .put(Kind.RULE, "alone", never("x/a", "x/b"))
            .put(Kind.RULE, "vague", json("kind", "constraint"))
            .plan();
    assertThat(plan.problems())
        .extracting(DecisionPlan.Problem::definition)
        .containsExactlyInAnyOrder(
            "rule zero",
            "rule nobody",
            "rule magic",
            "rule endless",
            "rule often",
            "rule empty",
            "rule alone",
            "rule vague");
    assertThat(shown(decide(plan, NOW, "x", "y"))).isEqualTo("a,a");
  }

  /** Who is decided for alike shares one choice, and it is the one that would be made anew. */
  @Test
  void choices_sameWay_areTheSameObject() {
    var plan =
        abc("x")
            .variant("x", "d", "when", Map.of("$inSegment", "vip"))
            .component("z", "q")
            .show("vip", "x", 2, Map.of("$inSegment", "vip"), "c")
            .plan();
    var first = decide(plan, NOW, List.of("vip"), "x").getFirst();
    decide(plan, NOW, "x");
    assertThat(decide(plan, NOW, List.of("vip"), "x").getFirst()).isSameAs(first);
    assertThat(first.reasons()).extracting(Reason::kind).containsExactly("rule", "segment");
  }
}
