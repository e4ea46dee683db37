package io.marquetry.experimentation;

import io.marquetry.experimentation.core.Bandit;
import io.marquetry.experimentation.core.Context;
import io.marquetry.experimentation.core.Epoch;
import io.marquetry.experimentation.core.Evidence;
import io.marquetry.experimentation.core.OffPolicy.Estimate;
import io.marquetry.experimentation.core.OffPolicy.Result;
import io.marquetry.experimentation.core.ShareCheck;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bandits and estimates in the shape in which the console gives them on. */
final class BanditViews {
  /** So far from what is expected, propensities are not what things were shown by. */
  private static final double MOST_ERRORS = 4;

  private BanditViews() {}

  static Map<String, Object> bandit(Bandit bandit, @Nullable Epoch epoch) {
    var view = new LinkedHashMap<String, Object>();
    view.put("key", bandit.key());
    view.put("component", bandit.component());
    view.put("arms", bandit.arms());
    view.put("reward", bandit.spec().reward().event());
    view.put("floor", bandit.spec().floor(bandit.arms().size()));
    if (epoch != null) {
      view.putAll(epoch(epoch));
    }
    return view;
  }

  /** A table, and what it rests on: for each arm in each context shares, chances and counts. */
  static Map<String, Object> epoch(Epoch epoch) {
    var view = new LinkedHashMap<String, Object>();
    view.put("epoch", epoch.table().epoch());
    view.put("at", Instant.ofEpochMilli(epoch.at()).toString());
    view.put("cause", epoch.cause());
    view.put("phase", epoch.knowledge().learning() ? "learning" : "even split");
    view.put("alarms", epoch.alarms());
    var rows = new ArrayList<Map<String, Object>>();
    for (var row : epoch.table().rows()) {
      var context = new Context(row.segments()).key();
      var arms = new ArrayList<Map<String, Object>>();
      for (int i = 0; i < epoch.table().arms().size(); i++) {
        var arm = epoch.table().arms().get(i);
        var shown = new LinkedHashMap<String, Object>();
        shown.put("arm", arm);
        shown.put("share", row.probabilities().get(i));
        shown.put("chanceToBeBest", row.best().get(i));
        shown.put("evidence", counts(epoch.knowledge().evidence(), context, arm));
        shown.put("new", counts(epoch.batch(), context, arm));
        arms.add(shown);
      }
      rows.add(Map.of("segments", row.segments(), "arms", arms));
    }
    view.put("rows", rows);
    return view;
  }

  /** How often arms came to visitors seen for the first time, against what their lots say. */
  static Map<String, Object> lots(ShareCheck check, ShareChecks.@Nullable Alarm alarm) {
    var view = new LinkedHashMap<String, Object>();
    var arms = new ArrayList<Map<String, Object>>();
    check
        .arms()
        .forEach(
            (key, arm) ->
                arms.add(Map.of("arm", key, "shown", arm.shown(), "expected", arm.expected())));
    view.put("arms", arms);
    view.put("evidenceOfFault", check.evidence());
    if (alarm != null) {
      view.put(
          "alarm", Map.of("at", Instant.ofEpochMilli(alarm.at()).toString(), "text", alarm.text()));
    }
    return view;
  }

  private static Map<String, Object> counts(Evidence evidence, String context, String arm) {
    var tally = evidence.at(context, arm);
    var counts = new LinkedHashMap<String, Object>();
    counts.put("exposures", tally.count());
    counts.put("reward", tally.sum());
    counts.put("mean", tally.mean());
    return counts;
  }

  /** What was estimated; nothing but why not, where it is refused. */
  static Map<String, Object> result(
      String bandit, Result result, double inverse, double expected, double error) {
    var view = new LinkedHashMap<String, Object>();
    view.put("bandit", bandit);
    view.put("exposures", result.rounds());
    view.put("visitors", result.visitors());
    view.put("effectiveSampleSize", result.effective());
    view.put("maxWeight", result.heaviest());
    view.put(
        "propensityCheck",
        Map.of(
            "sum", inverse,
            "expected", expected,
            "standardError", error,
            "ok", Math.abs(inverse - expected) <= MOST_ERRORS * error + 1e-9 * expected));
    if (result.refusal() != null) {
      view.put("refused", result.refusal());
      return view;
    }
    view.put("logged", estimate(result.logged()));
    view.put("ips", estimate(result.ips()));
    view.put("snips", estimate(result.snips()));
    view.put("dm", estimate(result.dm()));
    view.put("dr", estimate(result.dr()));
    return view;
  }

  private static Map<String, Object> estimate(Estimate estimate) {
    return Map.of("value", estimate.value(), "interval", List.of(estimate.low(), estimate.high()));
  }
}
