package io.marquetry.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The segment cache: how many visitors fit in memory and how fast they are found. */
final class CacheRow {
  private static final int SECONDS = 600;
  private static final Pattern BYTES = Pattern.compile("([0-9.]+) B a visitor \\(heap\\)");
  private static final Pattern LOOKUPS = Pattern.compile("([0-9.]+) M lookups/s");
  private static final Pattern MIXED = Pattern.compile("([0-9.]+) M/s with one write in ten");
  private static final Pattern PAUSE = Pattern.compile("longest put ([0-9.]+) ms");

  private final Rig rig;

  /** What a run prints of one structure, in two lines. */
  private record Printed(String text) {
    double figure(Pattern pattern) {
      var found = pattern.matcher(text);
      return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
    }
  }

  CacheRow(Rig rig) {
    this.rig = rig;
  }

  Row measure() {
    var row = new Row("segments.cache", "<= 32 B (uniform 70), >= 5 M/s, <= 5 ms");
    int visitors = rig.plan().cacheVisitors();
    var foreign = Foreign.begin();
    var real = run("segment-cache", Integer.toString(visitors));
    var uniform =
        run("segment-cache-uniform", Integer.toString(visitors), "--uniform", "--cache-only");
    var ours = real.getFirst();
    var map = real.getLast();
    double bytes = ours.figure(BYTES);
    double uniformBytes = uniform.getFirst().figure(BYTES);
    double mixed = ours.figure(MIXED);
    double pause = Math.max(ours.figure(PAUSE), uniform.getFirst().figure(PAUSE));
    return row.ours("%.1f B, %.1f M lookups/s", bytes, mixed)
        .ceiling("HashMap %.1f B, %.1f M lookups/s", map.figure(BYTES), map.figure(LOOKUPS))
        .ratio(bytes / map.figure(BYTES))
        .foreign(foreign.cores())
        .holds(bytes <= 32 && uniformBytes <= 70 && mixed >= 5 && pause <= 5)
        .note("%,d visitors; ratio is of bytes; one access in ten of ours is a write", visitors)
        .note(
            "sets drawn uniformly: %.1f B; without writes %.1f M lookups/s; longest put %.2f ms",
            uniformBytes, ours.figure(LOOKUPS), pause)
        .figure("bytes", bytes)
        .figure("uniformBytes", uniformBytes)
        .figure("millionLookupsPerSecond", ours.figure(LOOKUPS))
        .figure("millionMixedPerSecond", mixed)
        .figure("longestPutMillis", pause)
        .figure("mapBytes", map.figure(BYTES))
        .figure("mapMillionLookupsPerSecond", map.figure(LOOKUPS));
  }

  /** Runs it in a process of its own; what it printed, one structure after the other. */
  private List<Printed> run(String name, String... arguments) {
    var all = new ArrayList<String>();
    all.add("io.marquetry.bench.SegmentCacheBench");
    all.addAll(List.of(arguments));
    var flags = new ArrayList<>(rig.javaFlags());
    flags.addAll(List.of("-Duser.language=en", "-Duser.country=US"));
    var command = Rig.java(flags, all.toArray(String[]::new));
    int structures = all.contains("--cache-only") ? 1 : 2;
    var log = rig.directory().resolve(name + ".log");
    try (var process = Child.start(name, rig.cores().server(), command, Map.of(), log)) {
      var printed = new ArrayList<Printed>();
      for (int i = 0; i < structures; i++) {
        var first = process.await(line -> line.contains("B a visitor"), SECONDS);
        var second = process.await(line -> line.contains("lookups/s"), SECONDS);
        printed.add(new Printed(first + "\n" + second));
      }
      return printed;
    }
  }
}
