package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts dead letters for Prometheus by stage and reason.
 *
 * <p>Reasons are a few dozen words of ours. Should one ever come from outside, what is beyond
 * {@value #MAX} of them is counted as {@code other}.
 */
final class LetterFigures {
  static final String METER = "marquetry.dead.letters";
  static final int MAX = 64;

  private final @Nullable MeterRegistry registry;
  private final Map<Label, Counter> counters = new HashMap<>();

  private record Label(String stage, String reason) {
    static final Label OTHER = new Label("other", "other");
  }

  LetterFigures() {
    this(BackendRegistries.getDefaultNow());
  }

  /**
   * @param registry null where nobody looks
   */
  LetterFigures(@Nullable MeterRegistry registry) {
    this.registry = registry;
  }

  void count(List<DeadLetter> letters) {
    var shown = registry;
    if (shown != null) {
      letters.forEach(letter -> counter(shown, letter).increment());
    }
  }

  private Counter counter(MeterRegistry shown, DeadLetter letter) {
    var label = new Label(letter.stage(), letter.reason());
    var known = counters.get(label);
    if (known != null) {
      return known;
    }
    return counters.computeIfAbsent(
        counters.size() < MAX ? label : Label.OTHER,
        fresh ->
            Counter.builder(METER)
                .description("events that were set apart, by where and why")
                .tag("stage", fresh.stage())
                .tag("reason", fresh.reason())
                .register(shown));
  }
}
