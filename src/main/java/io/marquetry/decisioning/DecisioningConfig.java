package io.marquetry.decisioning;

import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Settings;
import io.marquetry.platform.Topology;
import java.util.Map;

/**
 * Settings of decisioning.
 *
 * @param maxVisitors how many visitors an instance holds before those unseen for longest leave
 * @param pageBudgetMillis what a page may take from its request to its decision; strategies that do
 *     not fit into it are passed over
 * @param recallMillis how long a page waits for a visitor's profile that had to leave memory,
 *     within that
 * @param maxCapped how many visitors are remembered of whom something that rules cap was shown
 * @param maxLogged most decisions waiting for the log; more is shed and counted
 * @param logBatch most decisions written at once, and how many do not wait for the next turn
 * @param logEveryMillis how long a decision waits for the log at most
 * @param maxStreams most streams of evaluations that are open on one event loop of HTTP
 */
record DecisioningConfig(
    int maxVisitors,
    long pageBudgetMillis,
    long recallMillis,
    int maxCapped,
    int maxLogged,
    int logBatch,
    long logEveryMillis,
    int maxStreams) {

  static DecisioningConfig from(ComponentContext context) {
    var settings = context.settings();
    var config = read(settings);
    settings.check();
    return config;
  }

  /** As decisioning here is set, which read them strictly. */
  static DecisioningConfig of(Topology topology) {
    for (var placement : topology.placements()) {
      if (placement.component().equals("decisioning")) {
        return read(Settings.of("verticles.decisioning.config", placement.config()));
      }
    }
    return read(Settings.of("verticles.decisioning.config", Map.of()));
  }

  private static DecisioningConfig read(Settings settings) {
    return new DecisioningConfig(
        settings.integer("maxVisitors", 5_000_000, 1, Integer.MAX_VALUE),
        settings.integer("pageBudgetMillis", 50, 1, 200),
        settings.integer("recallMillis", 30, 1, 200),
        settings.integer("maxCapped", 500_000, 1, 50_000_000),
        settings.integer("maxLogged", 20_000, 1, 1_000_000),
        settings.integer("logBatch", 500, 1, 5_000),
        settings.integer("logEveryMillis", 200, 1, 10_000),
        settings.integer("maxStreams", 5_000, 0, 1_000_000));
  }
}
