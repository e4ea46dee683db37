package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.flow.EventLog.Row;
import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.RunningServer.Setup;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What has to be so after any crash: what was acknowledged is stored, nothing is stored twice or
 * was never sent, and what is derived is what a plain fold of the log says.
 */
final class CrashCheck {
  private static final int ADDED_ENOUGH = 25;

  private CrashCheck() {}

  /** A server whose visitors allow everything unless they say otherwise. */
  static RunningServer granting(Setup setup) {
    var server = setup.start();
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

  /**
   * Checks it all.
   *
   * @param read gives the log as it stands
   */
  static void check(RunningServer server, Load load, Supplier<List<Row>> read) {
    server.settled();
    var log = read.get();
    var stored = log.stream().map(Row::messageId).toList();
    assertThat(stored).doesNotHaveDuplicates();
    assertThat(log).extracting(Row::position).doesNotHaveDuplicates();
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
