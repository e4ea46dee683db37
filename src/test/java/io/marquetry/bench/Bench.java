package io.marquetry.bench;

import io.marquetry.bench.Row.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The benchmark suite; see {@code docs/performance.md} for what the rows mean.
 *
 * <p>Rows are measured one after another and printed as they are ready. One that cannot be measured
 * says so and does not keep the others from it.
 */
public final class Bench {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  /** Where servers record themselves, if they do; see {@code scripts/bench}. */
  private static final Path RECORDINGS = Path.of("target", "bench", "recordings");

  private final Map<String, Supplier<Row>> rows = new LinkedHashMap<>();
  private final Profiles profiles = new Profiles();

  /** What was asked for. */
  private record Options(
      Plan plan, List<String> only, @Nullable Path json, @Nullable Path profiles) {
    static Options parse(List<String> arguments) {
      var plan = Plan.FULL;
      var only = new ArrayList<String>();
      Path json = null;
      Path profiles = null;
      for (int i = 0; i < arguments.size(); i++) {
        var argument = arguments.get(i);
        if (argument.equals("--quick")) {
          plan = Plan.QUICK;
        } else if (argument.equals("--only") && i + 1 < arguments.size()) {
          only.addAll(List.of(arguments.get(++i).split(",", -1)));
        } else if (argument.equals("--json") && i + 1 < arguments.size()) {
          json = Path.of(arguments.get(++i));
        } else if (argument.equals("--profile") && i + 1 < arguments.size()) {
          profiles = Path.of(arguments.get(++i));
        } else {
          throw new IllegalArgumentException("unknown or without its value: " + argument);
        }
      }
      return new Options(plan, only, json, profiles);
    }

    boolean wants(String row) {
      return only.isEmpty()
          || only.stream().anyMatch(each -> row.equals(each) || row.startsWith(each + "."));
    }
  }

  private Bench(Rig rig) {
    var micro = new MicroRows(rig);
    var life = new LifeRows(rig);
    var ingest = new IngestRows(rig);
    var decide = new DecideRows(rig);
    var scale = new ScaleRows(rig);
    rows.put("condition.simple", micro::simple);
    rows.put("condition.100", micro::hundred);
    rows.put("decide.core", micro::decide);
    rows.put("segments.cache", new CacheRow(rig)::measure);
    rows.put("start", life::start);
    rows.put("ingest.single", ingest::single);
    rows.put("ingest.batch", ingest::batch);
    rows.put("ingest.latency", ingest::latency);
    rows.put("freshness", ingest::freshness);
    rows.put("page.own", decide::page);
    rows.put("decide.http", decide::decide);
    rows.put("page.proxy", new ProxyRow(rig)::measure);
    rows.put("page.models", new ModelsRow(rig)::measure);
    rows.put("publish", new PublishRow(rig)::measure);
    rows.put("consent", life::consent);
    rows.put("ingest.scale.segments", scale::segments);
    rows.put("rebuild", new RebuildRow(rig)::measure);
    rows.put("kafka", new KafkaRow(rig)::measure);
    rows.put("ingest.scale.profiles", scale::profiles);
  }

  /**
   * Ends with 0 if every row could be measured, whether or not it meets its goal, 1 if one failed,
   * 2 for arguments that are not understood.
   */
  public static void main(String[] arguments) throws IOException {
    Options options;
    try {
      options = Options.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("scripts/bench: " + e.getMessage());
      System.exit(MISUSED);
      return;
    }
    System.exit(run(options));
  }

  private static int run(Options options) throws IOException {
    var directory = Path.of("target", "bench", "run-" + ProcessHandle.current().pid());
    Files.createDirectories(directory);
    var cores = Cores.ofThisMachine();
    var flags = System.getProperty("bench.flags", "").strip();
    var javaFlags = flags.isEmpty() ? List.<String>of() : List.of(flags.split(" +", -1));
    var facts = Machine.facts(directory, cores);
    facts.forEach((name, value) -> System.out.printf("%-14s %s%n", name, value));
    if (options.plan().equals(Plan.QUICK)) {
      System.out.println("quick: compilers are not done; figures show the order, not the limit");
    }
    System.out.println();
    System.out.println(Row.header());
    Bench bench;
    boolean failed;
    try (var rig = new Rig(options.plan(), cores, directory, javaFlags)) {
      bench = new Bench(rig);
      var done = bench.measure(options);
      var json = options.json();
      if (json != null) {
        write(json, facts, options, done);
      }
      failed = done.stream().anyMatch(row -> row.verdict() == Verdict.FAILED);
    }
    if (options.profiles() != null) {
      bench.profiles.write(RECORDINGS, options.profiles());
    }
    if (failed) {
      System.out.println("what the processes said is in " + directory);
      return FAILED;
    }
    Rig.delete(directory);
    return 0;
  }

  private List<Row> measure(Options options) {
    long begun = System.nanoTime();
    var done = new ArrayList<Row>();
    var counts = new LinkedHashMap<Verdict, Integer>();
    rows.forEach(
        (name, row) -> {
          if (options.wants(name)) {
            var at = Instant.now();
            var measured = measure(name, row);
            profiles.row(name, at, Instant.now());
            measured.lines().forEach(System.out::println);
            counts.merge(measured.verdict(), 1, Integer::sum);
            done.add(measured);
          }
        });
    System.out.println();
    counts.forEach((verdict, count) -> System.out.print(verdict.text() + " " + count + "  "));
    System.out.printf("in %d s%n", (System.nanoTime() - begun) / 1_000_000_000L);
    return done;
  }

  private static Row measure(String name, Supplier<Row> row) {
    try {
      return row.get();
    } catch (RuntimeException | AssertionError e) {
      return new Row(name, "").failed(Objects.toString(e.getMessage(), e.toString()));
    }
  }

  private static void write(Path file, Map<String, String> facts, Options options, List<Row> rows)
      throws IOException {
    var report = new LinkedHashMap<String, Object>();
    report.put("at", Instant.now().toString());
    report.put("machine", facts);
    report.put("quick", options.plan().equals(Plan.QUICK));
    report.put("rows", rows.stream().map(Row::json).toList());
    Files.writeString(file, Order.write(report) + "\n");
  }
}
