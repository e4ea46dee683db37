package io.marquetry.identity;

import io.marquetry.identity.core.LinkRule;
import io.marquetry.platform.ComponentContext;
import java.time.Duration;

/**
 * Settings of the identity component.
 *
 * @param flushEvery how long what was learnt may be in memory alone; the log holds it meanwhile
 * @param maxJoined how many profiles one profile may take up
 * @param reconcileWithin how long an event waits for the consent of joined visitors to be one
 */
record IdentityConfig(Duration flushEvery, int maxJoined, Duration reconcileWithin) {

  static IdentityConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new IdentityConfig(
            settings.duration("flushEvery", Duration.ofMillis(250)),
            settings.integer("maxJoined", LinkRule.DEFAULT_MAX_JOINED, 0, 100),
            settings.duration("reconcileWithin", Duration.ofSeconds(2)));
    settings.check();
    return config;
  }
}
