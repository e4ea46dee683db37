package io.marquetry.models;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.Source;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what became of questions to models, and shows it to Prometheus where metrics are kept.
 *
 * <p>Labels are bounded: beyond {@value #MAX_MODELS} models ever asked the rest are one.
 */
final class ModelsFigures {
  static final int MAX_MODELS = 200;
  private static final String OTHERS = "others";

  private final @Nullable MeterRegistry registry = BackendRegistries.getDefaultNow();
  private final Map<String, Map<Outcome, Long>> calls = new HashMap<>();
  private final Map<String, Long> cached = new HashMap<>();
  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, Timer> timers = new HashMap<>();
  private long opened;

  void called(String model, Scored scored) {
    var name = calls.containsKey(model) || calls.size() < MAX_MODELS ? model : OTHERS;
    calls
        .computeIfAbsent(name, first -> new EnumMap<>(Outcome.class))
        .merge(scored.outcome(), 1L, Long::sum);
    if (scored.source() == Source.CACHED) {
      cached.merge(name, 1L, Long::sum);
    }
    if (registry != null) {
      counters
          .computeIfAbsent(
              name + " " + scored.outcome() + " " + scored.source(),
              first -> counter(registry, name, scored))
          .increment();
      timers
          .computeIfAbsent(
              name,
              first ->
                  Timer.builder("marquetry.models.waited")
                      .description("until a question for scores was answered")
                      .tag("model", name)
                      .register(registry))
          .record(scored.micros(), TimeUnit.MICROSECONDS);
    }
  }

  private static Counter counter(MeterRegistry registry, String name, Scored scored) {
    return Counter.builder("marquetry.models.calls")
        .description("questions for scores, by what became of them")
        .tag("model", name)
        .tag("outcome", scored.outcome().key())
        .tag("source", scored.source().key())
        .register(registry);
  }

  void opened(long more) {
    opened += more;
  }

  /** How many calls to a model came out in which way. */
  Map<String, Object> calls(String model) {
    var view = new LinkedHashMap<String, Object>();
    calls.getOrDefault(model, Map.of()).forEach((outcome, count) -> view.put(outcome.key(), count));
    if (cached.containsKey(model)) {
      view.put("cached", cached.get(model));
    }
    return view;
  }

  void show(ScoreDesk desk) {
    gauge("models.underway", "calls under way", desk, ScoreDesk::underWay);
    gauge("models.kept", "answers kept", desk, one -> one.lastGood().size());
    gauge("models.kept.dropped", "answers that had to leave", desk, d -> d.lastGood().dropped());
    gauge("models.rested", "how often a model was left alone", this, figures -> figures.opened);
  }

  void show(LogLearner learner) {
    gauge("models.learned", "events the built-in models learned from", learner, LogLearner::seen);
    gauge("models.learn.lag", "events stored since", learner, LogLearner::lag);
  }

  private <T> void gauge(String name, String what, T source, ToDoubleFunction<T> value) {
    if (registry != null) {
      Gauge.builder("marquetry." + name, source, value).description(what).register(registry);
    }
  }
}
