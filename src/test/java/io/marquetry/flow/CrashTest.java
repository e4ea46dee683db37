package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Crashes under load: nothing acknowledged is lost, nothing counts twice, and what is derived
 * afterwards is what a plain fold of the log says.
 */
@Tag("server")
class CrashTest {
  private static final int CRASHES = 5;
  private static final int BETWEEN = 250;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void server_killedFiveTimesUnderLoad_losesAndDoublesNothing() {
    try (var server = CrashCheck.granting(RunningServer.with());
        var load = new Load(server, 20261122)) {
      for (int crash = 0; crash < CRASHES; crash++) {
        goOn(load);
        server.kill9();
        server.restart();
      }
      goOn(load);
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
      for (int crash = 0; crash < 2; crash++) {
        goOn(load);
        server.postgres().kill9();
      }
      goOn(load);
      load.finish();
      assertThat(load.statuses()).isSubsetOf(200, 429, 503).contains(503);
      assertThat(load.withoutRetryAfter()).isZero();
      assertThat(server.process().isAlive()).isTrue();
      CrashCheck.check(server, load, () -> EventLog.read(server));
    }
  }

  private static void goOn(Load load) {
    int before = load.acknowledgedCount();
    Until.until(
        "beacons are acknowledged", PATIENCE, () -> load.acknowledgedCount() >= before + BETWEEN);
  }
}
