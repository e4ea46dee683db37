package io.marquetry.bench;

import io.marquetry.bench.Sample.Pair;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final int SECONDS = 300;
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
    private MeasuredServer server;
    private final Target target;
    private final long logged;

    Sized(String name, int segments, int profiles) {
      this.segments = segments;
      this.profiles = profiles;
      data = rig.withCluster(name);
      var placing = Map.of("MARQUETRY_VERTICLES", placing(name).toString());
      String key;
      server = MeasuredServer.start("", data, false, placing);
      try {
        key = server.defineShop(segments);
        Crowd.of(server, key).copy(profiles, "%016x"::formatted);
        server.settleProfiles();
      } finally {
        server.close();
      }
      server = MeasuredServer.start(rig.cores().server(), data, false, placing);
      awaitLoaded();
      logged = server.count(LOGGED);
      var request =
          new Requests(key, profiles).single("/v1/t", name.substring(0, 2)).withVisits(VISITS);
      target = new Target(rig, name, server.port(), server.tree(), request, "");
      target.warmUp(rig.plan().firstWarmUp());
    }

    private void awaitLoaded() {
      long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
      while (server.loadedMillis() == 0) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the profiles were not all held in " + SECONDS + " s");
        }
        Thread.onSpinWait();
      }
    }

    /** Events in the log that nobody was told of, or the other way round. */
    long astray() {
      return server.count(LOGGED) - logged - target.answered();
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

  /** The verticles as they come, but with a bound on the profiles in memory. */
  private Path placing(String name) {
    try {
      var placing = new JsonObject(Files.readString(Path.of("verticles.json")));
      for (var each : placing.getJsonArray("verticles", new JsonArray())) {
        if (each instanceof JsonObject verticle
            && "segmentation".equals(verticle.getString("verticle"))) {
          verticle.put("config", new JsonObject().put("maxProfiles", HELD));
        }
      }
      var file = rig.directory().resolve(name + ".json").toAbsolutePath();
      return Files.writeString(file, placing.encode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Row profiles() {
    int many = rig.plan().storedProfiles();
    var row = new Row("ingest.scale.profiles", "<= 1.3x from 10 k to 5 M");
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
      return row.failed(pair.fault());
    }
    return small.astray() == 0 && large.astray() == 0
        ? row
        : row.failed("the logs do not hold what was acknowledged");
  }
}
