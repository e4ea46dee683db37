package io.marquetry.identity;

import io.marquetry.identity.core.Limits;
import io.marquetry.platform.ComponentContext;
import java.time.Duration;

/**
 * Settings of the identity component.
 *
 * @param flushEvery how long what was learnt may be in memory alone; the log holds it meanwhile
 * @param limits how much may lead to one profile
 * @param reconcileWithin how long an event waits for the consent of joined visitors to be one
 */
record IdentityConfig(Duration flushEvery, Limits limits, Duration reconcileWithin) {

  static IdentityConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new IdentityConfig(
            settings.duration("flushEvery", Duration.ofMillis(250)),
            new Limits(
                settings.integer("devicesADay", Limits.DEFAULT.devicesADay(), 0, 100),
                settings.integer("devicesAMonth", Limits.DEFAULT.devicesAMonth(), 0, 100),
                settings.integer("peopleADevice", Limits.DEFAULT.people(), 1, 50)),
            settings.duration("reconcileWithin", Duration.ofSeconds(2)));
    settings.check();
    return config;
  }
}
