package io.marquetry.experimentation.core;

import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An epoch as plain values, as it is stored and shown; and read back. */
public final class EpochBody {
  private EpochBody() {}

  /** Written for storing. */
  public static Map<String, Object> write(Epoch epoch) {
    var body = new LinkedHashMap<String, Object>();
    body.put("arms", epoch.table().arms());
    body.put("rows", epoch.table().rows().stream().map(EpochBody::row).toList());
    body.put("cause", epoch.cause());
    body.put("alarms", epoch.alarms());
    body.put("batch", evidence(epoch.batch()));
    body.put("evidence", evidence(epoch.knowledge().evidence()));
    body.put("shown", epoch.knowledge().shown());
    var drift = new LinkedHashMap<String, Object>();
    epoch.knowledge().drift().forEach((arm, one) -> drift.put(arm, List.of(one.up(), one.down())));
    body.put("drift", drift);
    body.put("learning", epoch.knowledge().learning());
    body.put("check", check(epoch.check()));
    return body;
  }

  private static Map<String, Object> check(ShareCheck check) {
    var arms = new LinkedHashMap<String, Object>();
    check
        .arms()
        .forEach((key, arm) -> arms.put(key, List.of(arm.shown(), arm.expected(), arm.bets())));
    return Map.of("looks", check.looks(), "arms", arms);
  }

  private static ShareCheck readCheck(Map<String, Object> json) {
    var arms = new LinkedHashMap<String, ShareCheck.Arm>();
    map(json.get("arms"))
        .forEach(
            (key, value) -> {
              var arm = list(value);
              arms.put(
                  key,
                  new ShareCheck.Arm(number(arm.get(0)), number(arm.get(1)), numbers(arm.get(2))));
            });
    return new ShareCheck((long) number(json.get("looks")), arms);
  }

  private static Map<String, Object> row(AllocationRow row) {
    return Map.of(
        "segments", row.segments(), "shares", row.probabilities(), "chanceToBeBest", row.best());
  }

  private static Map<String, Object> evidence(Evidence evidence) {
    var contexts = new LinkedHashMap<String, Object>();
    evidence
        .tallies()
        .forEach(
            (context, arms) -> {
              var those = new LinkedHashMap<String, Object>();
              arms.forEach(
                  (arm, tally) ->
                      those.put(arm, List.of(tally.count(), tally.sum(), tally.squares())));
              contexts.put(context, those);
            });
    return contexts;
  }

  /** Read back what was stored. */
  public static Epoch read(String bandit, long epoch, long at, Map<String, Object> body) {
    var rows = new ArrayList<AllocationRow>();
    for (var row : list(body.get("rows"))) {
      var members = map(row);
      rows.add(
          new AllocationRow(
              texts(members.get("segments")),
              numbers(members.get("shares")),
              numbers(members.get("chanceToBeBest"))));
    }
    var shown = new LinkedHashMap<String, Double>();
    map(body.get("shown")).forEach((arm, count) -> shown.put(arm, number(count)));
    var drift = new LinkedHashMap<String, Drift>();
    map(body.get("drift"))
        .forEach(
            (arm, one) -> {
              var both = numbers(one);
              drift.put(arm, new Drift(both.get(0), both.get(1)));
            });
    return new Epoch(
        new AllocationTable(bandit, epoch, texts(body.get("arms")), rows),
        at,
        new Knowledge(
            evidence(body.get("evidence")),
            shown,
            drift,
            Boolean.TRUE.equals(body.get("learning"))),
        evidence(body.get("batch")),
        texts(body.get("alarms")),
        readCheck(map(body.get("check"))),
        String.valueOf(body.get("cause")));
  }

  private static Evidence evidence(@Nullable Object json) {
    var tallies = new LinkedHashMap<String, Map<String, Tally>>();
    map(json)
        .forEach(
            (context, arms) -> {
              var those = new LinkedHashMap<String, Tally>();
              map(arms)
                  .forEach(
                      (arm, sums) -> {
                        var three = numbers(sums);
                        those.put(arm, new Tally(three.get(0), three.get(1), three.get(2)));
                      });
              tallies.put(context, those);
            });
    return new Evidence(tallies);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object json) {
    return json instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static List<?> list(@Nullable Object json) {
    return json instanceof List<?> list ? list : List.of();
  }

  private static List<String> texts(@Nullable Object json) {
    return list(json).stream().map(String::valueOf).toList();
  }

  private static List<Double> numbers(@Nullable Object json) {
    return list(json).stream().map(EpochBody::number).toList();
  }

  private static double number(@Nullable Object json) {
    return json instanceof Number number ? number.doubleValue() : 0;
  }
}
