package io.marquetry.consent;

import io.marquetry.platform.ComponentContext;
import java.time.Duration;

/**
 * Settings of the consent component.
 *
 * @param confirmWithin how long each component has to confirm a change
 * @param leaseEvery how often components hear that their copies may still be trusted
 * @param maxWaiting changes that may wait to be stored; more are turned away
 */
record ConsentConfig(Duration confirmWithin, Duration leaseEvery, int maxWaiting) {

  static ConsentConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new ConsentConfig(
            settings.duration("confirmWithin", Duration.ofSeconds(5)),
            settings.duration("leaseEvery", Duration.ofMillis(500)),
            settings.integer("maxWaiting", 10_000, 1, 1_000_000));
    settings.check();
    return config;
  }
}
