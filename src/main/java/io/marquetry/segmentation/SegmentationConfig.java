package io.marquetry.segmentation;

import io.marquetry.platform.ComponentContext;
import io.marquetry.segmentation.core.Limits;
import java.time.Duration;

/**
 * Settings of segmentation.
 *
 * @param flushEvery how long a change may wait for being stored; what a crash leaves to be replayed
 * @param limits what bounds the profiles of one instance
 */
record SegmentationConfig(Duration flushEvery, Limits limits) {

  static SegmentationConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new SegmentationConfig(
            settings.duration("flushEvery", Duration.ofSeconds(30)),
            new Limits(
                settings.duration("sessionTimeout", Limits.DEFAULT.sessionTimeout()),
                settings.integer("maxProfiles", Limits.DEFAULT.maxProfiles(), 1_000, 100_000_000)));
    settings.check();
    return config;
  }
}
