package io.marquetry.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/** Runs JMH benchmarks in processes of their own, on the core of the server. */
final class Jmh {
  private static final int SECONDS = 600;

  private Jmh() {}

  /**
   * What came out of one benchmark.
   *
   * @param perSecond operations per second of CPU time
   * @param clockPerSecond operations per second by the clock
   * @param bytes allocated for one operation
   */
  record Score(double perSecond, double clockPerSecond, double bytes) {}

  /** The scores of a class by method. */
  record Scores(Map<String, Score> byMethod) {
    Scores {
      byMethod = Map.copyOf(byMethod);
    }

    Score of(String method) {
      var score = byMethod.get(method);
      if (score == null) {
        throw new NoSuchElementException("there is no benchmark " + method);
      }
      return score;
    }
  }

  /** Runs the benchmarks of a class that have one of these names. */
  static Scores run(Rig rig, Class<?> type, String... methods) {
    var flags = List.of("--sun-misc-unsafe-memory-access=allow");
    return run(rig, type, flags, rig.plan().microArguments(), child -> {}, methods);
  }

  /**
   * The same with other flags of the JVM and other arguments.
   *
   * @param listener hears what the benchmarks print
   */
  static Scores run(
      Rig rig,
      Class<?> type,
      List<String> flags,
      String options,
      Consumer<Child> listener,
      String... methods) {
    var results = rig.directory().resolve(type.getSimpleName() + ".json").toAbsolutePath();
    var arguments = new ArrayList<String>();
    arguments.add("org.openjdk.jmh.Main");
    for (var method : methods) {
      arguments.add("^" + type.getName().replace(".", "\\.") + "\\." + method + "$");
    }
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.addAll(List.of("-bm", "thrpt", "-tu", "s", "-prof", "gc"));
    arguments.addAll(List.of("-prof", CpuProfiler.class.getName()));
    arguments.addAll(List.of("-rf", "json", "-rff", results.toString(), "-foe", "true"));
    var log = rig.directory().resolve(type.getSimpleName() + ".log");
    var command = Rig.java(flags, arguments.toArray(String[]::new));
    try (var process = Child.start("JMH", rig.cores().server(), command, Map.of(), log)) {
      listener.accept(process);
      if (process.awaitEnd(SECONDS) != 0) {
        throw new IllegalStateException("JMH failed; see " + log);
      }
    }
    return read(results);
  }

  private static Scores read(Path file) {
    try {
      var scores = new LinkedHashMap<String, Score>();
      for (var result : new ObjectMapper().readTree(file.toFile())) {
        var name = result.get("benchmark").asText();
        scores.put(name.substring(name.lastIndexOf('.') + 1), score(result));
      }
      return new Scores(scores);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Score score(JsonNode result) {
    double clock = result.get("primaryMetric").get("score").asDouble();
    double cpu = metric(result, CpuProfiler.NAME);
    return new Score(1e9 / cpu, clock, metric(result, "alloc.rate.norm"));
  }

  private static double metric(JsonNode result, String name) {
    for (var metric : result.get("secondaryMetrics").properties()) {
      if (metric.getKey().endsWith(name)) {
        return metric.getValue().get("score").asDouble();
      }
    }
    throw new NoSuchElementException("JMH reports no " + name);
  }
}
