package io.marquetry.assembly;

import io.micrometer.core.instrument.FunctionCounter;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened by kind, as {@code /metrics} shows it. */
final class Tally<E extends Enum<E>> {
  private final Map<E, LongAdder> counts;

  /**
   * @param name of the figure, words joined by dots
   * @param tag under which the kinds stand
   * @param instance whose figure it is
   */
  Tally(Class<E> kinds, String name, String description, String tag, int instance) {
    counts = new EnumMap<>(kinds);
    var registry = BackendRegistries.getDefaultNow();
    for (var kind : kinds.getEnumConstants()) {
      var count = new LongAdder();
      counts.put(kind, count);
      if (registry != null) {
        FunctionCounter.builder(name, count, LongAdder::sum)
            .description(description)
            .tag("instance", Integer.toString(instance))
            .tag(tag, kind.name().toLowerCase(Locale.ROOT))
            .register(registry);
      }
    }
  }

  void count(E kind) {
    var count = counts.get(kind);
    if (count != null) {
      count.increment();
    }
  }
}
