package io.marquetry.bench;

import io.marquetry.bench.Sample.Pair;
import io.marquetry.testkit.Until;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What an event costs where there is much, held against the same server where there is little: many
 * profiles on disk, and many segments.
 *
 * <p>Visitors come as they do on a site: a few thousand at a time, for some events each, and then
 * others, drawn from all there are. Memory holds a part of the many profiles only, so that most
 * visits begin with one that is read from the database.
 */
final class ScaleRows {
  private static final int FEW_PROFILES = 10_000;
  private static final int FEW_SEGMENTS = 10;
  private static final int MANY_SEGMENTS = 1_000;
  private static final int VISITS = 2_000;

  /** How many profiles each owner keeps in memory. */
  private static final int HELD = 10_000;

  private static final double GOAL_PROFILES = 1.3;
  private static final double GOAL_SEGMENTS = 1.5;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String LOGGED = "select count(*) from event_log";

  private final Rig rig;

  ScaleRows(Rig rig) {
    this.rig = rig;
  }

  /** A server of a certain size. */
  private final class Sized implements AutoCloseable {
    private final Path data;
    private final int segments;
    private final int profiles;
    private final MeasuredServer server;
    private final Target target;
    private final long logged;

    Sized(String name, int segments, int profiles) {
      this.segments = segments;
      this.profiles = profiles;
      data = rig.withCluster(name);
      var key = populate();
      server = started(rig.cores().server(), Map.of("maxProfiles", HELD));
      Until.until("all profiles are held", PATIENCE, () -> server.loadedMillis() > 0);
      logged = server.count(LOGGED);
      var request =
          new Requests(key, profiles).single("/v1/t", name.substring(0, 2)).withVisits(VISITS);
      target = new Target(rig, name, server.port(), server.tree(), request, "");
      target.warmUp(rig.plan().scaleWarmUp());
    }

    /** Defines everything and stores the profiles, on all cores; the write key. */
    private String populate() {
      try (var unpinned = started("", Placing.STORED_SOON)) {
        var key = unpinned.defineShop(segments);
        Crowd.of(unpinned, key).copy(profiles, "%016x"::formatted);
        return key;
      }
    }

    private MeasuredServer started(String core, Map<String, Object> segmentation) {
      var placing = data.resolveSibling(data.getFileName() + ".json");
      return MeasuredServer.start(core, data, false, Placing.segmentation(placing, segmentation));
    }

    Row check(Row row) {
      return target.ledger().check(row, server.count(LOGGED) - logged);
    }

    long stored() {
      return server.count("select count(*) from profile");
    }

    @Override
    public void close() {
      server.close();
      Rig.delete(data);
    }
  }

  Row profiles() {
    int many = rig.plan().storedProfiles();
    var row = new Row("ingest.scale.profiles", "<= 1.3x (goal: 10 k to 5 M)");
    try (var small = new Sized("few-profiles", ShopCatalogue.SEGMENTS, FEW_PROFILES);
        var large = new Sized("many-profiles", ShopCatalogue.SEGMENTS, many)) {
      if (large.stored() < many) {
        return row.failed("there are no " + many + " profiles in the database");
      }
      var pair = Target.inTurns(rig.plan(), large.target, small.target);
      row.ours("%.1f us CPU, %,d profiles", Sample.best(pair.ours()), many)
          .ceiling("%,d profiles %.1f us", FEW_PROFILES, Sample.best(pair.ceiling()))
          .holds(pair.ratio() <= GOAL_PROFILES)
          .note(
              "visits of 8 events, %,d at a time, of visitors drawn from all; %,d profiles in"
                  + " memory",
              VISITS, 2 * HELD);
      return report(row, pair, small, large);
    }
  }

  Row segments() {
    var row = new Row("ingest.scale.segments", "<= 1.5x from 10 to 1,000");
    try (var few = new Sized("few-segments", FEW_SEGMENTS, FEW_PROFILES);
        var many = new Sized("many-segments", MANY_SEGMENTS, FEW_PROFILES)) {
      var pair = Target.inTurns(rig.plan(), many.target, few.target);
      row.ours("%.1f us CPU, %,d segments", Sample.best(pair.ours()), MANY_SEGMENTS)
          .ceiling("%d segments %.1f us", FEW_SEGMENTS, Sample.best(pair.ceiling()))
          .holds(pair.ratio() <= GOAL_SEGMENTS);
      return report(row, pair, few, many);
    }
  }

  private static Row report(Row row, Pair pair, Sized small, Sized large) {
    row.ratio(pair.ratio())
        .foreign(pair.foreign())
        .note(
            "%,.0f events/s, the smaller %,.0f; answered p99 %.2f and %.2f ms",
            Sample.median(pair.ours(), Sample::perSecond),
            Sample.median(pair.ceiling(), Sample::perSecond),
            Sample.median(pair.ours(), each -> each.outcome().time("latency").p99()),
            Sample.median(pair.ceiling(), each -> each.outcome().time("latency").p99()))
        .figure("cpuMicros", Sample.all(pair.ours(), Sample::cpuMicros))
        .figure("ceilingCpuMicros", Sample.all(pair.ceiling(), Sample::cpuMicros))
        .figure("profiles", large.profiles)
        .figure("segments", large.segments);
    if (!pair.fault().isEmpty()) {
      row.failed(pair.fault());
    }
    return large.check(small.check(row));
  }
}
