package io.marquetry.decisioning.core;

import static io.marquetry.decisioning.core.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Deciding again from the log alone, and what a decision hung on. */
class ReplayTest {
  private static final int CATALOGUES = 25;
  private static final int DECISIONS = 40_000;
  private static final long NOW = 1_800_000_000_000L;
  private static final List<String> COMPONENTS = List.of("p", "q", "r", "s");
  private static final List<String> COUNTRIES = List.of("DE", "FR", "IT");

  /** A catalogue drawn by lot, visitors of all kinds, and the log of what they were shown. */
  private static final class World {
    private final SplittableRandom random;
    private final Given given = Given.catalogue();
    private final List<AllocationTable> tables = new ArrayList<>();
    private final DecisionPlan plan;
    private final SegmentCache cache = new SegmentCache(1_000);
    private final Exposures exposures = new Exposures(1_000);
    private final VisitorView view = new VisitorView();
    private final Id128[] visitors = new Id128[200];

    World(long seed) {
      random = new SplittableRandom(seed);
      COMPONENTS.forEach(this::component);
      for (int i = 0; i < 16; i++) {
        rule(i);
      }
      if (random.nextBoolean()) {
        given.put(
            Kind.RULE,
            "apart",
            json(
                "kind",
                "constraint",
                "never",
                List.of(
                    Map.of("component", "p", "variant", variant()),
                    Map.of("component", "q", "variant", variant()))));
      }
      plan = DecisionPlan.of(given.build(), tables);
      assertThat(plan.problems()).as("seed %d", seed).isEmpty();
      exposures.watch(plan.watched());
      for (int i = 0; i < visitors.length; i++) {
        visitors[i] = new Id128(random.nextLong(), random.nextLong());
        var segments = new ArrayList<String>();
        for (int s = 0; s < 8; s++) {
          if (random.nextInt(3) == 0) {
            segments.add("s" + s);
          }
        }
        cache.put(Given.profile(visitors[i], 1, segments, fields()));
      }
    }

    private Map<String, Object> fields() {
      var fields = new HashMap<String, Object>();
      fields.put("visits", (long) random.nextInt(6));
      if (random.nextBoolean()) {
        fields.put("traits.plan", random.nextBoolean() ? "pro" : "trial");
      }
      if (random.nextBoolean()) {
        fields.put("attributes.score", random.nextDouble());
      }
      return fields;
    }

    private String variant() {
      return "v" + random.nextInt(5);
    }

    private void component(String key) {
      var body = json("key", key, "fallback", List.of("v0", "v1", "v2", "v4"));
      int kind = random.nextInt(4);
      if (kind == 0) {
        body.put("strategy", experiment());
      } else if (kind == 1) {
        body.put("strategy", json("kind", "bandit", "arms", List.of("v1", "v2", "v3")));
        if (random.nextBoolean()) {
          tables.add(table(key));
        }
      }
      given.put(Kind.COMPONENT, key, body);
      given.variant(key, "v0", "when", when());
      given.variant(key, "v1", "requires", List.of("traits.plan"));
      given.variant(key, "v2", "when", when());
      given.variant(key, "v3", "content", Map.of("text", Map.of("$from", "attributes.score")));
      given.variant(key, "v4");
    }

    private AllocationTable table(String bandit) {
      var rows = new ArrayList<AllocationRow>();
      if (random.nextBoolean()) {
        rows.add(row("s" + random.nextInt(8)));
      }
      rows.add(row());
      return new AllocationTable(bandit, random.nextInt(50), List.of("v1", "v2", "v3"), rows);
    }

    private AllocationRow row(String... segments) {
      double one = random.nextDouble();
      double two = (1 - one) * random.nextDouble();
      var shares = List.of(one, two, 1 - one - two);
      return new AllocationRow(List.of(segments), shares, shares);
    }

    private Map<String, Object> experiment() {
      return json(
          "kind",
          "experiment",
          "arms",
          List.of(
              Map.of("variant", "v2", "weight", 1 + random.nextInt(5)),
              Map.of("variant", "v3", "weight", 1),
              Map.of("variant", "v4", "weight", random.nextDouble() + 0.1)),
          "namespace",
          Map.of("key", "n", "from", 0, "to", 0.9));
    }

    private Map<String, Object> when() {
      return switch (random.nextInt(6)) {
        case 0 -> Map.of("visits", Map.of("$gte", random.nextInt(5)));
        case 1 -> Map.of("geo.country", COUNTRIES.get(random.nextInt(3)));
        case 2 ->
            Map.of(
                "$or",
                List.of(
                    Map.of("$inSegment", "s" + random.nextInt(8)), Map.of("traits.plan", "pro")));
        case 3 -> Map.of("attributes.score", Map.of("$lt", random.nextDouble()));
        case 4 -> Map.of("context.page.path", Map.of("$regex", "^/a"));
        default -> Map.of("$inSegment", "s" + random.nextInt(8), "visits", Map.of("$ne", 2));
      };
    }

    private void rule(int number) {
      Map<String, Object> then =
          switch (random.nextInt(6)) {
            case 0, 1 -> Map.of("show", variant());
            case 2 -> Map.of("exclude", List.of(variant(), variant()));
            case 3 -> Map.of("boost", Map.of(variant(), 0.5 + random.nextInt(3)));
            case 4 -> Map.of("strategy", experiment());
            default ->
                Map.of(
                    "cap",
                    Map.of("variants", List.of(variant()), "exposures", 2, "within", "PT1H"));
          };
      given.rule("r" + number, COMPONENTS.get(number % 4), random.nextInt(9), when(), then);
    }

    DecisionRecord decide() {
      int kind = random.nextInt(10);
      var id = new Id128(random.nextLong(), random.nextLong());
      var visitor = visitors[random.nextInt(visitors.length)];
      long now = NOW + random.nextInt(3_600_000);
      Map<String, Object> request =
          Map.of(
              "geo", Map.of("country", COUNTRIES.get(random.nextInt(3))),
              "context", Map.of("page", Map.of("path", random.nextBoolean() ? "/a" : "/b")));
      var basis = kind == 0 ? Basis.HELD_OUT : kind == 1 ? Basis.LOADING : Basis.PROFILE;
      view.clear(request);
      if (basis.mode() == Mode.PERSONALIZED) {
        cache.find(Given.grant(), visitor, request, view);
        view.counted(exposures, visitor);
      }
      var signals = new Signals();
      var unit = basis.mode() == Mode.CONTEXTUAL ? id : visitor;
      if (basis.mode() == Mode.PERSONALIZED && random.nextInt(3) == 0) {
        unit = new Id128(random.nextLong(), random.nextLong()); // of a profile joined to theirs
        signals.drawnBy(unit);
      }
      view.unit(unit);
      view.record(signals);
      int first = random.nextInt(4);
      var asked = List.of(COMPONENTS.get(first), COMPONENTS.get((first + 1) % 4), "nothing");
      var choices = DecisionEngine.decide(plan, asked, basis, view, now);
      for (var choice : choices) {
        if (basis.mode() == Mode.PERSONALIZED && choice.variant() != null) {
          exposures.add(visitor, choice.component() + "/" + choice.variant(), now);
        }
      }
      var kept =
          switch (basis.mode()) {
            case PERSONALIZED -> signals.all();
            case CONTEXTUAL -> signals.coarse(request);
            case HOLDOUT -> Map.<String, Object>of();
          };
      var profile = basis.mode() == Mode.CONTEXTUAL ? null : visitor;
      return new DecisionRecord(
          id, now, "shop", basis.mode(), profile, "", choices, kept, 1, plan.version(), 0);
    }
  }

  /** The plan of then, made from nothing but what the log holds and the definitions. */
  private static final class Plans {
    private final World world;
    private final Map<List<AllocationTable>, DecisionPlan> made = new HashMap<>();

    Plans(World world) {
      this.world = world;
    }

    DecisionPlan of(DecisionRecord record) {
      return made.computeIfAbsent(
          Replay.tables(record), tables -> DecisionPlan.of(world.given.build(), tables));
    }
  }

  @Test
  void aMillionDecisions_decidedAgain_areIdentical() {
    var replay = new Replay();
    int again = 0;
    int withheld = 0;
    int drawn = 0;
    for (int seed = 0; seed < CATALOGUES; seed++) {
      var world = new World(seed);
      var plans = new Plans(world);
      int wanted = again + DECISIONS;
      while (again < wanted) {
        var record = world.decide();
        if (Replay.obstacle(record) != null) {
          withheld++;
          assertThat(record.mode()).isEqualTo(Mode.CONTEXTUAL);
          continue;
        }
        again++;
        var choices = replay.decide(plans.of(record), record);
        if (!choices.equals(record.choices())) {
          assertThat(choices).as("seed %d: %s", seed, record).isEqualTo(record.choices());
        }
        drawn += choices.getFirst().draw() != null ? 1 : 0;
      }
    }
    assertThat(again).isEqualTo(1_000_000);
    assertThat(drawn).isGreaterThan(100_000);
    assertThat(withheld).isBetween(1, 120_000);
  }

  @Test
  void counterfactuals_named_flipTheDecisionAndNoneCanBeSpared() {
    var replay = new Replay();
    int named = 0;
    int several = 0;
    for (int seed = 0; seed < 10; seed++) {
      var world = new World(seed);
      var plans = new Plans(world);
      for (int i = 0; i < 150; i++) {
        var record = world.decide();
        if (Replay.obstacle(record) != null) {
          continue;
        }
        var plan = plans.of(record);
        var found = replay.counterfactuals(plan, record);
        assertThat(found).hasSameSizeAs(record.choices());
        for (int c = 0; c < found.size(); c++) {
          var shown = record.choices().get(c).variant();
          var signals = found.get(c).signals();
          var without = replay.without(plan, record, c, Set.copyOf(signals));
          assertThat(without).isEqualTo(found.get(c).variant());
          if (signals.isEmpty()) {
            var all = Set.copyOf(new Recalled(record.signals()).names());
            assertThat(replay.without(plan, record, c, all)).isEqualTo(shown);
            continue;
          }
          named++;
          several += signals.size() > 1 ? 1 : 0;
          assertThat(without).as("seed %d: %s", seed, record).isNotEqualTo(shown);
          for (var one : signals) {
            var fewer = new ArrayList<>(signals);
            fewer.remove(one);
            var spared = replay.without(plan, record, c, Set.copyOf(fewer));
            assertThat(spared).as("%s can be spared", one).isEqualTo(shown);
          }
        }
      }
    }
    assertThat(named).isGreaterThan(500);
    assertThat(several).isPositive();
  }

  @Test
  void otherDefinitions_sayWhatTheyWouldHaveDecidedAndWhatTheyLack() {
    var then = Given.catalogue().component("x", "a").variant("x", "a").variant("x", "b");
    var view = new VisitorView();
    var cache = new SegmentCache(10);
    var visitor = new Id128(1, 2);
    cache.put(Given.profile(visitor, 1, List.of("vip"), Map.of("visits", 7L)));
    then.show("often", "x", 1, Map.of("visits", Map.of("$gt", 9)), "b");
    cache.find(Given.grant(), visitor, Map.of(), view);
    var signals = new Signals();
    view.record(signals);
    var plan = then.plan();
    var choices = DecisionEngine.decide(plan, List.of("x"), Basis.PROFILE, view, NOW);
    var record =
        new DecisionRecord(
            visitor, NOW, "s", Mode.PERSONALIZED, visitor, "", choices, signals.all(), 1, "v1", 0);

    then.show("often", "x", 1, Map.of("visits", Map.of("$gt", 5)), "b");
    var other = new Replay().decide(plan, then.plan(), record);
    assertThat(other.choices().getFirst().variant()).isEqualTo("b");
    assertThat(other.unknown()).isEmpty();

    then.show("often", "x", 1, Map.of("$inSegment", "vip", "visits", Map.of("$gt", 5)), "b");
    var lacking = new Replay().decide(plan, then.plan(), record);
    assertThat(lacking.choices().getFirst().variant()).isEqualTo("a");
    assertThat(lacking.unknown()).containsExactly("segments.vip");
  }

  @Test
  void obstacle_withdrawnOrWithheld_saysWhy() {
    var stripped =
        new DecisionRecord(
            new Id128(1, 1), NOW, "s", Mode.PERSONALIZED, null, "", List.of(), Map.of(), 0, "v", 0);
    assertThat(Replay.obstacle(stripped)).contains("withdrew");
    var kept = Map.<String, Object>of("withheld", List.of("context.page.path"));
    var contextual =
        new DecisionRecord(
            new Id128(1, 1), NOW, "s", Mode.CONTEXTUAL, null, "", List.of(), kept, 0, "v", 0);
    assertThat(Objects.requireNonNull(Replay.obstacle(contextual))).contains("context.page.path");
  }
}
