package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
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
  private static final int ADDED_ENOUGH = 25;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void server_killedFiveTimesUnderLoad_losesAndDoublesNothing() {
    try (var server = granting();
        var load = new Load(server, 20261122)) {
      for (int crash = 0; crash < CRASHES; crash++) {
        goOn(load);
        server.kill9();
        server.restart();
      }
      goOn(load);
      load.finish();
      check(server, load);
      server.stop();
      server.restart();
      check(server, load);
    }
  }

  @Test
  void postgres_killedUnderLoad_turnsBeaconsAwayAndLosesNothing() {
    try (var server = granting();
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
      check(server, load);
    }
  }

  /** A server whose visitors allow everything unless they say otherwise. */
  private static RunningServer granting() {
    var server = RunningServer.with().start();
    server.admin(
        "sites.put",
        Map.of("key", "demo", "name", "Shop", "identify", "trusted", "consentDefault", "granted"));
    server.admin(
        "segments.put",
        Map.of(
            "key", "adders",
            "name", "Adders",
            "condition",
                Map.of(
                    "$did",
                    Map.of(
                        "event",
                        Load.ADDED,
                        "within",
                        "ever",
                        "count",
                        Map.of("$gte", ADDED_ENOUGH)))));
    return server;
  }

  private static void goOn(Load load) {
    int before = load.acknowledgedCount();
    Until.until(
        "beacons are acknowledged", PATIENCE, () -> load.acknowledgedCount() >= before + BETWEEN);
  }

  private static void check(RunningServer server, Load load) {
    server.settled();
    var log = EventLog.read(server);
    var stored = log.stream().map(EventLog.Row::messageId).toList();
    assertThat(stored).doesNotHaveDuplicates();
    assertThat(log).extracting(EventLog.Row::position).doesNotHaveDuplicates();
    var kept = new HashSet<>(stored);
    kept.addAll(server.column("select message_id from dead_letter"));
    assertThat(kept).containsAll(load.acknowledged());
    assertThat(load.sent()).containsAll(kept);
    compare(server, new LogFold(log, Load.ADDED));
  }

  /** Profiles and segments against the fold, device by device. */
  private static void compare(RunningServer server, LogFold fold) {
    var expected = new TreeMap<String, String>();
    var found = new TreeMap<String, String>();
    var members = new HashMap<String, Boolean>();
    for (var device : fold.devices()) {
      boolean member = fold.counted(device) >= ADDED_ENOUGH;
      expected.put(device, fold.events(device) + " events, adder: " + member);
      var profile = server.profile("anonymous:" + device);
      boolean is = profile.list("segments").contains("adders");
      found.put(device, (long) profile.number("events") + " events, adder: " + is);
      members.put(profile.text("profileId"), member);
    }
    assertThat(found).isEqualTo(expected);
    var wanted = members.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey);
    var listed = server.admin("segments.members", Map.of("key", "adders", "limit", 1000));
    assertThat(listed.list("profiles"))
        .extracting(one -> Answer.at(one, "profileId"))
        .containsExactlyInAnyOrderElementsOf(wanted.map(Object.class::cast).toList());
    assertThat(server.admin("segments.get", Map.of("key", "adders")).number("size"))
        .isEqualTo(listed.list("profiles").size());
  }
}
