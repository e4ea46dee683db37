package io.marquetry.decisioning;

import io.marquetry.platform.ComponentContext;

/**
 * Settings of decisioning.
 *
 * @param maxVisitors how many visitors an instance holds before those unseen for longest leave
 * @param recallMillis how long a page waits for a visitor's profile that had to leave memory
 * @param maxCapped how many visitors are remembered of whom something that rules cap was shown
 * @param maxLogged most decisions waiting for the log; more is shed and counted
 * @param logBatch most decisions written at once, and how many do not wait for the next turn
 * @param logEveryMillis how long a decision waits for the log at most
 */
record DecisioningConfig(
    int maxVisitors,
    long recallMillis,
    int maxCapped,
    int maxLogged,
    int logBatch,
    long logEveryMillis) {

  static DecisioningConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new DecisioningConfig(
            settings.integer("maxVisitors", 5_000_000, 1, Integer.MAX_VALUE),
            settings.integer("recallMillis", 30, 1, 200),
            settings.integer("maxCapped", 500_000, 1, 50_000_000),
            settings.integer("maxLogged", 20_000, 1, 1_000_000),
            settings.integer("logBatch", 500, 1, 5_000),
            settings.integer("logEveryMillis", 200, 1, 10_000));
    settings.check();
    return config;
  }
}
