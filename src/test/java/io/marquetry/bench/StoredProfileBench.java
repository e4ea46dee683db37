package io.marquetry.bench;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
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
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What it takes to make the row of a profile with a hundred events behind it and one more, and how
 * long the row is: where everybody's last events are remembered, and where only a panel's are.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StoredProfileBench {
  private static final int VISITORS = 500;
  private static final int EVENTS = 100;
  private static final long START = 1_772_452_800_000L;
  private static final long MINUTE = 60_000;

  /** How many profiles there are besides. */
  @Param({"0", "5000000"})
  public long others;

  private final Random random = new Random(11);
  private final List<Id128> visitors = new ArrayList<>();
  private ProfileOwner owner = owner(0);
  private long position;

  /** Bytes of a row. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Length {
    private long bytes;
    private long rows;

    public double bytesARow() {
      return rows == 0 ? 0 : (double) bytes / rows;
    }
  }

  @Setup
  public void prepare() {
    owner = owner(others);
    for (int i = 0; i < VISITORS; i++) {
      visitors.add(new Id128(random.nextLong(), random.nextLong()));
    }
    for (int i = 0; i < EVENTS; i++) {
      everybodyDoes();
    }
  }

  private static ProfileOwner owner(long others) {
    var consents = new ConsentView();
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    var owner = new ProfileOwner(new Ownership(0, 1), Limits.DEFAULT, consents, agent -> Map.of());
    owner.count(List.of(), others);
    var did = Map.of("event", "Product Viewed", "within", "P7D", "count", Map.of("$gte", 3));
    var definitions = new ArrayList<Definition>();
    definitions.add(new Definition(Kind.SEGMENT, "s", 1, Map.of("condition", Map.of("$did", did))));
    owner.define(PlanCompiler.compile(new Catalogue("v", 1, definitions, List.of())));
    return owner;
  }

  private void everybodyDoes() {
    for (var visitor : visitors) {
      position++;
      long at = START + position * MINUTE / VISITORS;
      var event = event(visitor, position, at);
      owner.apply(List.of(new Resolved(visitor, new Logged(position, event))), new Moment(at, 0));
    }
    owner.takeChanges(START);
  }

  private Event event(Id128 visitor, long number, long at) {
    boolean view = number / VISITORS % 3 > 0;
    var path = "/c/shoes/p" + number % 50;
    var page = Map.of("path", path, "url", "https://shop.example" + path, "title", "Shoe");
    Map<String, Object> properties =
        Map.of(
            "product_id", "p" + number % 50, "category", "shoes", "price", 49.9, "currency", "EUR");
    return new Event(
        new Id128(random.nextLong(), number),
        "m" + number,
        "demo",
        view ? EventType.PAGE : EventType.TRACK,
        view ? "page" : "Product Viewed",
        new Subject(visitor, null, null, null, "device-" + visitor.low(), null),
        at,
        at,
        view
            ? Map.of("context", Map.of("page", page))
            : Map.of("properties", properties, "context", Map.of("page", page)),
        List.of());
  }

  @Benchmark
  @OperationsPerInvocation(VISITORS)
  public long store(Length length) {
    everybodyDoes();
    var cut = owner.cut();
    if (cut == null) {
      throw new IllegalStateException("nothing changed");
    }
    long bytes = 0;
    for (var row : owner.rows(cut, VISITORS, START)) {
      bytes += Json.write(row.state()).length;
      length.rows++;
    }
    owner.saved(cut);
    length.bytes += bytes;
    return bytes;
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(StoredProfileBench.class.getSimpleName()).build())
        .run();
  }
}
