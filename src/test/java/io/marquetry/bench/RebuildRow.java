package io.marquetry.bench;

import io.marquetry.testkit.CopiedProfiles;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * A server with many profiles is killed and started again: how long until every decision is made by
 * the visitor's profile, and what those get who come before.
 */
final class RebuildRow {
  private static final int SECONDS = 300;
  private static final int PAGE = 1_000;

  private final Rig rig;
  private final int copies;
  private String key = "";

  /**
   * How visitors fared while profiles came in.
   *
   * @param millis until all were held, as the slowest instance says
   * @param late answered with 503 because nothing was decided in time
   */
  private record Waited(double millis, int asked, int byRequest, int late, Histogram micros) {}

  RebuildRow(Rig rig) {
    this.rig = rig;
    this.copies = rig.plan().rebuiltProfiles();
  }

  Row measure() {
    var row = new Row("rebuild", ">= 100 k profiles/s, answering");
    var data = rig.withCluster("rebuild");
    var foreign = Foreign.begin();
    double bare;
    var soon = Placing.segmentation(rig.directory().resolve("rebuild.json"), Placing.STORED_SOON);
    try (var server = MeasuredServer.start("", data, false, soon)) {
      key = server.defineShop();
      Crowd.of(server, key).copy(copies, CopiedProfiles::name);
      bare = readBare(server);
      server.kill();
    }
    try (var server = MeasuredServer.start("", data, false)) {
      var waited = await(server);
      double cpu = server.tree().cpuSeconds() - server.readyCpuSeconds();
      check(server);
      double perSecond = copies / (waited.millis() / 1e3);
      row.ours("%.0f k profiles/s, %.1f s", perSecond / 1e3, waited.millis() / 1e3)
          .ceiling("the same rows over JDBC %.0f k/s", bare / 1e3)
          .ratio(bare / perSecond)
          .foreign(foreign.cores())
          .holds(perSecond >= 100e3)
          .note("at most %.1f us of CPU time a profile, compilers included", cpu * 1e6 / copies)
          .note(
              "%,d profiles; nothing pinned; the server answered %.1f s after it was called",
              copies, server.readySeconds())
          .note(
              "%d decisions asked for meanwhile, %d by the request alone, %d too late (503),"
                  + " p50 %.1f p99 %.1f ms",
              waited.asked(),
              waited.byRequest(),
              waited.late(),
              waited.micros().getValueAtPercentile(50) / 1e3,
              waited.micros().getValueAtPercentile(99) / 1e3)
          .figure("profilesPerSecond", perSecond)
          .figure("cpuMicrosPerProfile", cpu * 1e6 / copies)
          .figure("seconds", waited.millis() / 1e3)
          .figure("readySeconds", server.readySeconds())
          .figure("barePerSecond", bare)
          .figure("askedMeanwhile", waited.asked())
          .figure("byRequestAlone", waited.byRequest())
          .figure("late", waited.late());
    } finally {
      Rig.delete(data);
    }
    return row;
  }

  /** What a rebuild reads, read with nothing behind it; rows a second by the clock. */
  private double readBare(MeasuredServer server) {
    try (var database = server.connect()) {
      readAll(database);
      long begun = System.nanoTime();
      long rows = readAll(database);
      return rows * 1e9 / (System.nanoTime() - begun);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long readAll(Connection database) throws SQLException {
    var sql =
        "select profile, site, version, since, segments, fields from profile"
            + " where profile > ? and merged_into is null order by profile limit "
            + PAGE;
    var after = new UUID(0, 0);
    long rows = 0;
    try (var statement = database.prepareStatement(sql)) {
      for (int page = PAGE; page == PAGE; rows += page) {
        statement.setObject(1, after);
        page = 0;
        try (var result = statement.executeQuery()) {
          for (; result.next(); page++) {
            after = result.getObject(1, UUID.class);
            if (result.getString(5).isEmpty() && result.getBytes(6).length == 0) {
              throw new IllegalStateException("a profile shows nothing at all");
            }
          }
        }
      }
    }
    return rows;
  }

  /** Asks for one visitor after the other until all instances hold all profiles. */
  private Waited await(MeasuredServer server) {
    var micros = new Histogram(3);
    int asked = 0;
    int byRequest = 0;
    int late = 0;
    double millis = 0;
    long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
    while (millis == 0) {
      for (int i = 0; i < 50; i++) {
        long begun = System.nanoTime();
        var answer = server.trySend("/v1/decide", key, decide(asked++));
        micros.recordValue((System.nanoTime() - begun) / 1_000);
        byRequest += answer.filter(text -> text.contains("\"contextual\"")).isPresent() ? 1 : 0;
        late += answer.isEmpty() ? 1 : 0;
      }
      millis = server.loadedMillis();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the profiles were not all held in " + SECONDS + " s");
      }
    }
    return new Waited(millis, asked, byRequest, late, micros);
  }

  private String decide(int number) {
    return new JsonObject()
        .put("anonymousId", CopiedProfiles.name((int) (number * 7919L % copies)))
        .put("components", JsonArray.of("c0"))
        .put("dryRun", true)
        .encode();
  }

  private void check(MeasuredServer server) {
    var held = server.call("system.cache", Map.of()).getLong("visitors");
    if (held != copies + Crowd.ORIGINALS) {
      throw new IllegalStateException(
          held + " of " + (copies + Crowd.ORIGINALS) + " visitors are held");
    }
    for (int number = 0; number < 100; number++) {
      var answer = server.trySend("/v1/decide", key, decide(number));
      if (answer.isPresent() && !answer.get().contains("\"personalized\"")) {
        throw new IllegalStateException("somebody is not known after the rebuild");
      }
    }
  }
}
