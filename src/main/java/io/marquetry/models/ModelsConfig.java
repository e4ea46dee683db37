package io.marquetry.models;

import io.marquetry.platform.ComponentContext;

/**
 * Settings of models.
 *
 * @param maxCalls most calls to one model under way; more are turned away and counted
 * @param maxAnswerBytes longest answer that is read
 * @param maxKept answers kept to stand in for those that do not come
 * @param maxItems items of a site that the built-in models know
 * @param maxVisitors visitors of a site whose last items are remembered while learning
 * @param renewSeconds how often the built-in models take over what was learned
 */
record ModelsConfig(
    int maxCalls,
    int maxAnswerBytes,
    int maxKept,
    int maxItems,
    int maxVisitors,
    int renewSeconds) {

  static ModelsConfig from(ComponentContext context) {
    var settings = context.settings();
    var config =
        new ModelsConfig(
            settings.integer("maxCalls", 64, 1, 10_000),
            settings.integer("maxAnswerBytes", 256 * 1024, 1_024, 16 * 1024 * 1024),
            settings.integer("maxKept", 10_000, 0, 1_000_000),
            settings.integer("maxItems", 20_000, 1, 1_000_000),
            settings.integer("maxVisitors", 50_000, 1, 10_000_000),
            settings.integer("renewSeconds", 30, 1, 86_400));
    settings.check();
    return config;
  }
}
