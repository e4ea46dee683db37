package io.marquetry.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The segment cache: how many visitors fit in memory and how fast they are found. */
final class CacheRow {
  private static final int SECONDS = 600;
  private static final double MILLION = 1e6;
  private static final Pattern FILLED =
      Pattern.compile("filled .*: ([0-9.]+) B a visitor, longest put ([0-9.]+) ms");

  private final Rig rig;

  /**
   * What came of one way to keep memberships.
   *
   * @param bytes of the heap for a visitor
   * @param pause the longest single put, in milliseconds of CPU time
   * @param lookups a second of CPU time, one access in ten being a write
   */
  private record Outcome(double bytes, double pause, double lookups) {
    String text(String name) {
      return Row.text("%s %.0f B, %.1f M/s", name, bytes, lookups / MILLION);
    }
  }

  CacheRow(Rig rig) {
    this.rig = rig;
  }

  Row measure() {
    var row = new Row("segments.cache", "<= 32 B (uniform 70), >= 5 M/s, <= 5 ms");
    var foreign = Foreign.begin();
    var ours = run("ours", false);
    var uniform = run("ours", true);
    var map = run("map", false);
    var caffeine = run("caffeine", false);
    var roaring = run("roaring", false);
    double pause = Math.max(ours.pause(), uniform.pause());
    return row.ours("%.1f B, %.1f M lookups/s", ours.bytes(), ours.lookups() / MILLION)
        .ceiling("%s", map.text("map of sets"))
        .ratio(ours.bytes() / map.bytes())
        .foreign(foreign.cores())
        .holds(ours.bytes() <= 32 && uniform.bytes() <= 70)
        .holds(ours.lookups() >= 5 * MILLION && pause <= 5)
        .note(
            "%,d visitors; one access in ten is a write; ratio is of bytes; %s; %s",
            rig.plan().cacheVisitors(),
            caffeine.text("Caffeine"),
            roaring.text("a bitmap per segment"))
        .note(
            "sets drawn uniformly: %.1f B, %.1f M lookups/s; longest put %.2f ms, map %.0f ms",
            uniform.bytes(), uniform.lookups() / MILLION, pause, map.pause())
        .figure("ours", ours)
        .figure("uniform", uniform)
        .figure("mapOfSets", map)
        .figure("caffeine", caffeine)
        .figure("bitmapPerSegment", roaring);
  }

  private Outcome run(String way, boolean uniform) {
    var arguments =
        Row.text(
            "%s -p way=%s -p uniform=%s -p visitors=%d",
            rig.plan().microArguments().replaceFirst("-f \\d+", "-f 1"),
            way,
            uniform,
            rig.plan().cacheVisitors());
    var filled = new AtomicReference<Matcher>();
    var scores =
        Jmh.run(
            rig,
            SegmentCacheBench.class,
            List.copyOf(rig.javaFlags()),
            arguments,
            child -> {
              var line = FILLED.matcher(child.await(text -> text.startsWith("filled "), SECONDS));
              if (!line.matches()) {
                throw new IllegalStateException("not understood: " + line);
              }
              filled.set(line);
            },
            "mixed");
    return new Outcome(
        Double.parseDouble(filled.get().group(1)),
        Double.parseDouble(filled.get().group(2)),
        scores.of("mixed").perSecond());
  }
}
