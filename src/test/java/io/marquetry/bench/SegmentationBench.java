package io.marquetry.bench;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.Limits;
import io.marquetry.segmentation.core.Moment;
import io.marquetry.segmentation.core.PlanCompiler;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * How many events an owner applies: consent, profile, counters, touched segments, and the snapshots
 * of what changed, but neither bus nor store. Events are page views, product events and traits of
 * 2,000 visitors; segments are of every kind.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(1)
public class SegmentationBench {
  private static final int BATCH = 100;
  private static final int VISITORS = 2_000;
  private static final long START = 1_772_452_800_000L;

  /** Every visitor does something twice a minute. */
  private static final long MILLIS_APART = 15;

  /** How many segments are defined. */
  @Param({"10", "100", "1000"})
  public int segments;

  private final Random random = new Random(11);
  private final List<Event> events = new ArrayList<>();
  private final List<Id128> visitors = new ArrayList<>();
  private ProfileOwner owner = owner(0);
  private long position;

  @Setup
  public void prepare() {
    owner = owner(segments);
    for (int i = 0; i < VISITORS; i++) {
      visitors.add(new Id128(random.nextLong(), random.nextLong()));
    }
    for (int i = 0; i < 10_000; i++) {
      events.add(event(i));
    }
  }

  private static ProfileOwner owner(int segments) {
    var consents = new ConsentView();
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    var owner = new ProfileOwner(new Ownership(0, 1), Limits.DEFAULT, consents, agent -> Map.of());
    var definitions = new ArrayList<Definition>();
    for (int i = 0; i < segments; i++) {
      definitions.add(
          new Definition(Kind.SEGMENT, "segment" + i, 1, Map.of("condition", condition(i))));
    }
    owner.define(PlanCompiler.compile(new Catalogue("v", 1, definitions, List.of())));
    return owner;
  }

  private static Map<String, Object> condition(int i) {
    return switch (i % 10) {
      case 0 -> did("page", Map.of("context.page.path", Map.of("$regex", "^/a" + i)), "session", 3);
      case 1 -> did("Product Viewed", Map.of("properties.category", "c" + i), "P7D", 3);
      case 2 -> did("Product Added", Map.of(), "PT30M", 1 + i % 5);
      case 3 -> did("Order Completed " + i, Map.of(), "ever", 2);
      case 4 -> Map.of("traits.plan", "plan" + i);
      case 5 -> Map.of("traits.age" + i, Map.of("$gt", 40));
      case 6 -> Map.of("session.referrerChannel", "search", "visits", Map.of("$gt", i));
      case 7 -> Map.of("geo.country", "C" + i);
      case 8 -> Map.of("$inSegment", "segment" + (i - 4));
      default -> did("Event " + i, Map.of("properties.value", Map.of("$gt", i)), "P1D", 5);
    };
  }

  private static Map<String, Object> did(
      String event, Map<String, Object> where, String within, int count) {
    return Map.of(
        "$did",
        Map.of("event", event, "where", where, "within", within, "count", Map.of("$gte", count)));
  }

  private Event event(int i) {
    int kind = random.nextInt(10);
    long at = START;
    if (kind < 6) {
      var path = "/a" + random.nextInt(100) + "/p" + i;
      var page = Map.of("path", path, "url", "https://shop.example" + path, "title", "Page " + i);
      return event(i, EventType.PAGE, "page", at, Map.of("context", Map.of("page", page)));
    }
    if (kind < 9) {
      var properties =
          Map.of("product_id", "p" + i % 50, "category", "c" + random.nextInt(100), "price", 9.5);
      var name = kind < 8 ? "Product Viewed" : "Product Added";
      return event(i, EventType.TRACK, name, at, Map.of("properties", properties));
    }
    var traits = Map.of("plan", "plan" + random.nextInt(100), "age", random.nextInt(80));
    return event(i, EventType.IDENTIFY, "identify", at, Map.of("traits", traits));
  }

  private Event event(
      int i, EventType type, String name, long at, Map<String, ? extends Object> fields) {
    return new Event(
        new Id128(random.nextLong(), i),
        "m" + i,
        "demo",
        type,
        name,
        new Subject(new Id128(i, i), null, null, null, "device" + i % 3, null),
        at,
        at,
        Map.copyOf(fields),
        List.of());
  }

  private static Event at(long at, Event event) {
    return new Event(
        event.message(),
        event.messageId(),
        event.site(),
        event.type(),
        event.name(),
        event.subject(),
        at,
        at,
        event.fields(),
        event.flags());
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public @Nullable Object apply() {
    var batch = new ArrayList<Resolved>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      position++;
      var event = at(START + position * MILLIS_APART, events.get((int) (position % events.size())));
      batch.add(
          new Resolved(visitors.get((int) (position % VISITORS)), new Logged(position, event)));
    }
    var now = new Moment(START + position * MILLIS_APART, 0);
    Applied applied = owner.apply(batch, now);
    owner.expire(now, BATCH);
    if (applied.applied() != BATCH) {
      throw new IllegalStateException(applied.toString());
    }
    return owner.takeChanges(now.now());
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(SegmentationBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }
}
