package io.marquetry.catalogue.core;

import java.util.List;
import java.util.Map;

/**
 * What a variant may have the browser tag do with the slots it is shown in.
 *
 * <p>Design note: the vocabulary is closed, so that a definition can neither bring code to a page
 * nor ask for something that silently does not happen. What is known here is what {@code mq.js}
 * runs; neither is changed without the other.
 */
final class Behaviors {
  private static final int MAX_OVER = 200;

  private Behaviors() {}

  static Map<String, Object> check(Body behavior) {
    for (var name : List.of("dismiss", "reveal")) {
      if (behavior.value(name) != null) {
        behavior.flag(name, true);
      }
    }
    behavior.inner("countdown", Behaviors::countdown);
    return behavior.done();
  }

  private static Map<String, Object> countdown(Body countdown) {
    var to = Schedules.instant(countdown, "to");
    if (to == null) {
      throw countdown.fault("to", "is required: a time, such as 2026-01-31T08:00:00Z");
    }
    countdown.keep("to", to.toString()); // a form that every browser reads alike
    var over = countdown.optionalText("over");
    if (over != null && over.length() > MAX_OVER) {
      throw countdown.fault("over", "is longer than " + MAX_OVER + " characters");
    }
    return countdown.done();
  }
}
