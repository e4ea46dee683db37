package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.SlowProxy;
import io.marquetry.testkit.TestPostgres;
import io.marquetry.testkit.Until;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Crashes under load: nothing acknowledged is lost, nothing counts twice, and what is derived
 * afterwards is what a plain fold of the log says.
 *
 * <p>How often and how long is short here; {@code scripts/crash} makes it long.
 */
@Tag("server")
class CrashTest {
  private static final int KILLS = Integer.getInteger("crash.kills", 5);
  private static final int PG_KILLS = Integer.getInteger("crash.pgKills", 2);
  private static final int FROZEN_SECONDS = Integer.getInteger("crash.frozenSeconds", 6);
  private static final int SLOW_MILLIS = Integer.getInteger("crash.slowMillis", 200);
  private static final int BETWEEN = Integer.getInteger("crash.between", 250);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What comes in besides the ordinary in every run. */
  private static final Load.Mix ODD = new Load.Mix(0.05, 0.5);

  @Test
  void server_killedUnderLoad_losesAndDoublesNothing() {
    var random = new Random(20261122);
    try (var server = CrashCheck.granting(RunningServer.with());
        var load = new Load(server, 20261122)) {
      for (int crash = 0; crash < KILLS; crash++) {
        goOn(load, 1 + random.nextInt(2 * BETWEEN));
        server.kill9();
        server.restart();
      }
      goOn(load, BETWEEN);
      load.finish();
      CrashCheck.check(server, load, () -> EventLog.read(server));
      server.stop();
      server.restart();
      CrashCheck.check(server, load, () -> EventLog.read(server));
    }
  }

  @Test
  void postgres_killedUnderLoad_turnsBeaconsAwayAndLosesNothing() {
    try (var server = CrashCheck.granting(RunningServer.with());
        var load = new Load(server, 22112026)) {
      for (int crash = 0; crash < PG_KILLS; crash++) {
        goOn(load, BETWEEN);
        server.postgres().kill9();
      }
      goOn(load, BETWEEN);
      load.finish();
      assertThat(load.statuses()).isSubsetOf(200, 429, 503).contains(503);
      assertThat(load.withoutRetryAfter()).isZero();
      assertThat(server.process().isAlive()).isTrue();
      CrashCheck.check(server, load, () -> EventLog.read(server));
    }
  }

  /**
   * It hangs, connections stay open, nothing is answered: pages go on, beacons are told to wait.
   */
  @Test
  void postgres_frozenUnderLoad_turnsBeaconsAwayAndLosesNothing() {
    try (var server = CrashCheck.granting(RunningServer.with());
        var load = new Load(server, 6)) {
      goOn(load, BETWEEN);
      server.postgres().freeze();
      var end = Instant.now().plusSeconds(FROZEN_SECONDS);
      try {
        Until.until(
            "it was frozen long enough",
            Duration.ofSeconds(FROZEN_SECONDS + 60),
            () -> {
              assertThat(server.get("/").status()).as("pages need no database").isEqualTo(200);
              return Instant.now().isAfter(end);
            });
      } finally {
        server.postgres().thaw();
      }
      goOn(load, BETWEEN);
      load.finish();
      assertThat(load.statuses()).isSubsetOf(200, 429, 503).contains(503);
      assertThat(load.withoutRetryAfter()).isZero();
      CrashCheck.check(server, load, () -> EventLog.read(server));
    }
  }

  /** Every answer of the database comes late; then connections break in the middle of commits. */
  @Test
  void commits_slowAndCutUnderLoad_loseAndDoubleNothing() {
    var database = TestPostgres.emptyDatabase();
    try (var proxy = new SlowProxy(database.port());
        var server = CrashCheck.granting(RunningServer.with().outside(database, proxy.port()));
        var load = new Load(server, 8)) {
      goOn(load, BETWEEN);
      proxy.late(Duration.ofMillis(SLOW_MILLIS));
      goOn(load, BETWEEN / 2);
      for (int cut = 0; cut < 3; cut++) {
        proxy.cut();
        goOn(load, BETWEEN / 5);
      }
      proxy.late(Duration.ZERO);
      goOn(load, BETWEEN);
      load.finish();
      assertThat(load.statuses()).isSubsetOf(200, 429, 503);
      assertThat(load.withoutRetryAfter()).isZero();
      CrashCheck.check(server, load, () -> EventLog.read(server));
    }
  }

  /** Half of all events are one visitor's, some are none at all, and the server dies in between. */
  @Test
  void poisonAndHotProfile_withCrashes_loseAndDoubleNothing() {
    try (var server = CrashCheck.granting(RunningServer.with());
        var load = new Load(server, 10, ODD)) {
      goOn(load, 2 * BETWEEN);
      server.kill9();
      server.restart();
      goOn(load, BETWEEN);
      server.postgres().kill9();
      goOn(load, 2 * BETWEEN);
      load.finish();
      assertThat(load.statuses()).isSubsetOf(200, 400, 413, 429, 503);
      assertThat(load.withoutRetryAfter()).isZero();
      assertThat(server.count("select count(*) from dead_letter")).isPositive();
      CrashCheck.check(server, load, () -> EventLog.read(server));
    }
  }

  private static void goOn(Load load, int more) {
    int before = load.acknowledgedCount();
    Until.until(
        "beacons are acknowledged", PATIENCE, () -> load.acknowledgedCount() >= before + more);
  }
}
