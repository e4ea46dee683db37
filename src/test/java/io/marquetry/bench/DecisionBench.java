package io.marquetry.bench;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.decisioning.core.Basis;
import io.marquetry.decisioning.core.DecisionEngine;
import io.marquetry.decisioning.core.DecisionPlan;
import io.marquetry.decisioning.core.SegmentCache;
import io.marquetry.decisioning.core.Signals;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * How fast deciding is, with a realistic catalogue: 20 components of 6 variants each, 50 rules, 200
 * segments, a bandit in one component of three, and 10,000 visitors with a dozen memberships each.
 * Every decision is for the next visitor and the next component, looking the visitor up included.
 * Beside it the same decisions written by hand; only the bandits' lots are others there.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBench {
  private static final int COMPONENTS = 20;
  private static final int RULES = 50;
  private static final int SEGMENTS = 200;
  private static final int VISITORS = 10_000;
  private static final List<String> COUNTRIES = List.of("DE", "FR", "IT", "ES", "PL", "NL");

  private final DecisionPlan plan = DecisionPlan.of(catalogue(), tables());
  private final SegmentCache cache = new SegmentCache(1_000_000);
  private final VisitorView view = new VisitorView();
  private final Grant grant = grant();
  private final Id128[] ids = new Id128[VISITORS];
  private final List<Map<String, Object>> requests = requests();
  private final List<List<String>> single = new ArrayList<>();
  private final List<List<String>> pages = new ArrayList<>();
  private final HandWrittenDecisions byHand =
      new HandWrittenDecisions(COMPONENTS, RULES, SEGMENTS, COUNTRIES);
  private int next;

  /** What is known of a visitor. */
  record Visitor(Id128 id, List<String> segments, Map<String, Object> fields) {}

  public DecisionBench() {
    int met = 0;
    for (var visitor : visitors()) {
      ids[met++] = visitor.id();
      cache.put(
          new ProfileSnapshot(visitor.id(), "shop", 1, 0, visitor.segments(), visitor.fields()));
      byHand.put(visitor.id(), visitor.segments(), visitor.fields());
    }
    for (int i = 0; i < COMPONENTS; i++) {
      int first = i;
      single.add(List.of("component-" + i));
      pages.add(
          IntStream.range(0, 6).mapToObj(j -> "component-" + (first + j) % COMPONENTS).toList());
    }
  }

  /** What is compared decides the same. */
  @Setup
  public void check() {
    for (int i = 0; i < VISITORS * 2; i++) {
      var ours = one().getFirst();
      var theirs = "v" + handWritten();
      if (ours.draw() == null && !theirs.equals(ours.variant())) {
        throw new IllegalStateException(ids[next % VISITORS] + ": " + ours + ", not " + theirs);
      }
    }
  }

  private int handWritten() {
    return byHand.decide(
        ids[next % VISITORS], next % COMPONENTS, requests.get(next % COUNTRIES.size()), SEGMENTS);
  }

  /** The visitors, the same every time; the n-th decision is for the n-th of them. */
  static List<Visitor> visitors() {
    var random = new SplittableRandom(7);
    var visitors = new ArrayList<Visitor>();
    for (int i = 0; i < VISITORS; i++) {
      var id = new Id128(random.nextLong(), random.nextLong());
      visitors.add(new Visitor(id, memberships(random), fields(i)));
    }
    return visitors;
  }

  /** What is known of requests, which come in turns too. */
  static List<Map<String, Object>> requests() {
    return COUNTRIES.stream()
        .<Map<String, Object>>map(
            country ->
                Map.of(
                    "geo", Map.of("country", country),
                    "device", Map.of("class", country.equals("DE") ? "mobile" : "desktop"),
                    "context", Map.of("page", Map.of("path", "/pricing/" + country))))
        .toList();
  }

  /** The components, which come in turns as well. */
  static List<String> components() {
    return IntStream.range(0, COMPONENTS).mapToObj(i -> "component-" + i).toList();
  }

  private static List<String> memberships(SplittableRandom random) {
    var members = new TreeSet<String>();
    while (members.size() < 12) {
      members.add("segment-" + (int) (SEGMENTS * Math.pow(random.nextDouble(), 2)));
    }
    return List.copyOf(members);
  }

  private static Map<String, Object> fields(int visitor) {
    return visitor % 3 == 0
        ? Map.of("visits", 1L, "isReturning", false)
        : Map.of(
            "visits",
            (long) visitor % 9,
            "isReturning",
            true,
            "traits.plan",
            visitor % 2 == 0 ? "pro" : "trial",
            "attributes.recentlyViewed",
            List.of("p" + visitor % 50));
  }

  static Catalogue catalogue() {
    var definitions = new ArrayList<Definition>();
    for (int i = 0; i < SEGMENTS; i++) {
      definitions.add(
          new Definition(Kind.SEGMENT, "segment-" + i, 1, Map.of("name", "Segment " + i)));
    }
    for (int i = 0; i < COMPONENTS; i++) {
      component("component-" + i, i, definitions);
    }
    for (int i = 0; i < RULES; i++) {
      var body =
          Map.<String, Object>of(
              "component",
              "component-" + i % COMPONENTS,
              "priority",
              i % 7,
              "when",
              when(i),
              "then",
              Map.of("show", "v" + i % 6));
      definitions.add(new Definition(Kind.RULE, "rule-" + i, 1, body));
    }
    return new Catalogue("v1", 1, definitions, List.of());
  }

  /** Shares of the arms, for members of one segment and for everybody. */
  static List<AllocationTable> tables() {
    var tables = new ArrayList<AllocationTable>();
    for (int i = 0; i < COMPONENTS; i += 3) {
      var some = List.of(0.1, 0.2, 0.7);
      var all = List.of(0.5, 0.3, 0.2);
      tables.add(
          new AllocationTable(
              "component-" + i,
              1,
              List.of("v2", "v3", "v5"),
              List.of(
                  new AllocationRow(List.of("segment-" + i), some, some),
                  new AllocationRow(List.of(), all, all))));
    }
    return tables;
  }

  private static void component(String key, int number, List<Definition> definitions) {
    var own = new HashMap<String, Object>();
    own.put("fallback", List.of("v0", "v1", "v2", "v3", "v5"));
    if (number % 3 == 0) {
      own.put("strategy", Map.of("kind", "bandit", "arms", List.of("v2", "v3", "v5")));
    }
    definitions.add(new Definition(Kind.COMPONENT, key, 1, own));
    for (int v = 0; v < 6; v++) {
      Map<String, Object> body =
          switch (v) {
            case 0 -> variant("when", Map.of("$inSegment", "segment-" + (number * 7) % SEGMENTS));
            case 1 -> variant("requires", List.of("traits.plan", "traits.industry"));
            case 2 -> variant("requires", List.of("attributes.recentlyViewed"));
            case 3 -> variant("when", Map.of("isReturning", true));
            default -> Map.of("status", "published");
          };
      definitions.add(new Definition(Kind.VARIANT, key + "/v" + v, 1, body));
    }
  }

  private static Map<String, Object> variant(String member, Object value) {
    return Map.of("status", "published", member, value);
  }

  private static Map<String, Object> when(int i) {
    var segment = Map.<String, Object>of("$inSegment", "segment-" + (i * 13) % SEGMENTS);
    return switch (i % 5) {
      case 0, 1 -> segment;
      case 2 -> Map.of("geo.country", COUNTRIES.get(i % COUNTRIES.size()), "visits", 3);
      case 3 -> Map.of("$and", List.of(segment, Map.of("device.class", "mobile")));
      default -> Map.of("traits.plan", "pro", "visits", Map.of("$gte", 7));
    };
  }

  private static Grant grant() {
    var consent = new ConsentView();
    consent.setDefault("shop", Purposes.ALL);
    consent.renew(0);
    return consent
        .grant("shop", Purpose.PERSONALIZATION, List.of(new Id128(1, 1)), false, 0)
        .orElseThrow();
  }

  private void meetNext() {
    next++;
    cache.find(grant, ids[next % VISITORS], requests.get(next % COUNTRIES.size()), view);
    view.unit(ids[next % VISITORS]);
  }

  /** One component. */
  @Benchmark
  public List<Choice> one() {
    meetNext();
    return DecisionEngine.decide(plan, single.get(next % COMPONENTS), Basis.PROFILE, view, 0);
  }

  /** One component, by hand. */
  @Benchmark
  public int oneByHand() {
    next++;
    return handWritten();
  }

  /** One component, with what it read noted for the log. */
  @Benchmark
  public Object oneRecorded() {
    meetNext();
    var signals = new Signals();
    view.record(signals);
    var choices =
        DecisionEngine.decide(plan, single.get(next % COMPONENTS), Basis.PROFILE, view, 0);
    return choices.size() + signals.all().size();
  }

  /** Six components of one page. */
  @Benchmark
  public List<Choice> page() {
    meetNext();
    return DecisionEngine.decide(plan, pages.get(next % COMPONENTS), Basis.PROFILE, view, 0);
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(DecisionBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }
}
