package io.marquetry.console;

import io.marquetry.platform.Settings;
import java.time.Duration;

/**
 * Settings of the console.
 *
 * @param sessionLifetime how long a login lasts at most
 * @param sessionIdle how long it lasts without being used
 * @param feedPerSecond how many events, and how many decisions, a feed shows a second
 */
record ConsoleConfig(Duration sessionLifetime, Duration sessionIdle, int feedPerSecond) {

  static ConsoleConfig read(Settings settings) {
    var config =
        new ConsoleConfig(
            settings.duration("sessionLifetime", Duration.ofHours(12)),
            settings.duration("sessionIdle", Duration.ofMinutes(30)),
            settings.integer("feedPerSecond", 50, 0, 1_000));
    settings.check();
    return config;
  }
}
