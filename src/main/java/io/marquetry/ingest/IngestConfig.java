package io.marquetry.ingest;

import io.marquetry.platform.ComponentContext;

/**
 * Settings of ingest.
 *
 * @param maxBatchEvents most events in one commit
 * @param paceMillis least time from one commit to the next where more than one beacon waits at once
 * @param maxPendingBytes most bytes of events waiting for a commit; more is answered with "later"
 * @param rememberDays for how many days a message that comes again is known
 */
record IngestConfig(int maxBatchEvents, int paceMillis, long maxPendingBytes, int rememberDays) {

  static IngestConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new IngestConfig(
            settings.integer("maxBatchEvents", 500, 1, 10_000),
            settings.integer("paceMillis", 2, 0, 100),
            settings.integer("maxPendingBytes", 64 << 20, 1 << 20, 1 << 30),
            settings.integer("rememberDays", 30, 2, 3_650));
    DialectConfig.from(settings.object("dialects")); // read again by the faces
    settings.check();
    return config;
  }
}
