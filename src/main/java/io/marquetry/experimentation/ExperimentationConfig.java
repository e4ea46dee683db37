package io.marquetry.experimentation;

import io.marquetry.platform.ComponentContext;
import java.time.Duration;

/**
 * Settings of experimentation.
 *
 * @param everyMillis how often exposures are stored, rewards looked for, and epochs closed
 * @param graceMillis how long after its window an exposure waits for rewards that come late
 * @param maxExposures most exposures waiting to be stored; more is shed and counted
 * @param logPage events of the log read at once
 * @param retention how long exposures are kept where nothing else is on record
 */
record ExperimentationConfig(
    long everyMillis, long graceMillis, int maxExposures, int logPage, Duration retention) {

  static ExperimentationConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new ExperimentationConfig(
            settings.integer("everyMillis", 1_000, 10, 60_000),
            settings.integer("graceMillis", 10_000, 0, 3_600_000),
            settings.integer("maxExposures", 20_000, 1, 1_000_000),
            settings.integer("logPage", 500, 1, 5_000),
            settings.duration("retention", Duration.ofDays(90)));
    settings.check();
    return config;
  }
}
