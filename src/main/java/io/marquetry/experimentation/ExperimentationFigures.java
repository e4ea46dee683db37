package io.marquetry.experimentation;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Shows the figures of learning to Prometheus, where metrics are kept. */
final class ExperimentationFigures {
  private final @Nullable MeterRegistry registry = BackendRegistries.getDefaultNow();

  void show(Exposures exposures, RewardReader rewards, Epochs epochs, ShareChecks checks) {
    counter("bandits.exposures.shed", "that found no room", exposures, Exposures::shed);
    counter("bandits.exposures.refused", "without consent", exposures, Exposures::refused);
    counter("bandits.rewards", "found in the log", rewards, RewardReader::rewards);
    counter("bandits.epochs", "closed", epochs, Epochs::closed);
    counter("bandits.alarms", "arms that no longer do as they did", epochs, Epochs::alarms);
    counter("bandits.lots.alarms", "arms not as their lots say", checks, ShareChecks::alarms);
  }

  private <T> void counter(String name, String says, T of, ToDoubleFunction<T> value) {
    if (registry != null) {
      FunctionCounter.builder("marquetry." + name, of, value).description(says).register(registry);
    }
  }
}
