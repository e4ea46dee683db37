package io.marquetry.assembly;

import io.micrometer.core.instrument.FunctionCounter;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of requests for pages of origins, as {@code /metrics} shows it. */
final class OriginFigures {
  /** How a request for a page of an origin ended. */
  enum End {
    /** The origin's answer went by as it was. */
    UNTOUCHED,
    /** It was read for slots. */
    READ,
    /** The origin could not be reached, or broke off before its answer. */
    UNREACHABLE,
    /** It took too long. */
    LATE,
    /** Too many requests waited for it already. */
    SHED,
    /** It broke off in the middle of its answer. */
    BROKEN,
    /** The browser went away. */
    LEFT
  }

  private final Map<End, LongAdder> ends = new EnumMap<>(End.class);

  OriginFigures(String instance) {
    for (var end : End.values()) {
      ends.put(end, new LongAdder());
    }
    var registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      ends.forEach(
          (end, count) ->
              FunctionCounter.builder("marquetry.origin.requests", count, LongAdder::sum)
                  .description("for pages of origins, by how they ended")
                  .tag("instance", instance)
                  .tag("end", end.name().toLowerCase(Locale.ROOT))
                  .register(registry));
    }
  }

  void count(End end) {
    var count = ends.get(end);
    if (count != null) {
      count.increment();
    }
  }
}
