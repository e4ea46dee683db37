package io.marquetry.decisioning;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.decisioning.core.Exposures;
import io.marquetry.decisioning.core.SegmentCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows the figures of one instance to Prometheus, where metrics are kept.
 *
 * <p>They are read from another thread while the instance goes on counting: each figure is a little
 * old, which is what figures are.
 */
final class DecisioningFigures {
  private final @Nullable MeterRegistry registry = BackendRegistries.getDefaultNow();
  private final String instance;

  DecisioningFigures(int instance) {
    this.instance = Integer.toString(instance);
  }

  void show(SegmentCache cache) {
    gauge("segments.cache.visitors", "visitors held", cache, SegmentCache::size);
    gauge("segments.cache.bytes", "taken, field values left out", cache, SegmentCache::bytes);
    gauge("segments.cache.sets", "distinct sets of segments", cache, SegmentCache::distinctSets);
    counter("segments.cache.evicted", "visitors who left memory", cache, SegmentCache::evicted);
  }

  void show(ProfileRecall recall) {
    counter("profiles.recalled", "fetched for a page", recall, ProfileRecall::recalled);
    counter("profiles.late", "pages that did not wait for one", recall, ProfileRecall::late);
    counter("profiles.shed", "pages for which none was fetched", recall, ProfileRecall::shed);
  }

  void show(Visitors visitors) {
    counter("profiles.turnings.shed", "that found no room", visitors, Visitors::shedTurnings);
  }

  void show(ProfileLoader loader) {
    gauge(
        "profiles.load.millis",
        "until all profiles were held after the start, 0 before",
        loader,
        ProfileLoader::tookMillis);
  }

  void show(Exposures exposures) {
    gauge("exposures.visitors", "whose exposures are remembered", exposures, Exposures::size);
    counter("exposures.forgotten", "visitors for want of room", exposures, Exposures::forgotten);
  }

  void show(DecisionLog log) {
    gauge("decisions.waiting", "not yet in the log", log, DecisionLog::waiting);
    counter("decisions.shed", "that found the queue full", log, DecisionLog::shed);
    counter("decisions.lost", "that the log never took", log, DecisionLog::lost);
  }

  void show(ExposureReports reports) {
    counter("exposures.shed", "reports that found no room", reports, ExposureReports::shed);
    counter("exposures.unknown", "reports of no decision", reports, ExposureReports::unknown);
  }

  /** Those of one event loop of HTTP. */
  void show(RefetchStreams streams) {
    gauge("evaluation.streams", "open", streams, RefetchStreams::open);
    counter("evaluation.streams.told", "to evaluate anew", streams, RefetchStreams::told);
    counter("evaluation.streams.dropped", "that did not read", streams, RefetchStreams::dropped);
    counter("evaluation.streams.refused", "beyond the bound", streams, RefetchStreams::refused);
  }

  void show(PageScores scores) {
    counter(
        "decisions.scores.overtime",
        "scores too late for a component with a timeout",
        scores,
        PageScores::overtime);
    if (registry != null) {
      for (var outcome : Outcome.values()) {
        FunctionCounter.builder("marquetry.decisions.scores", scores, one -> one.count(outcome))
            .description("scores that pages asked for, by what became of them")
            .tag("instance", instance)
            .tag("outcome", outcome.key())
            .register(registry);
      }
    }
  }

  private <T> void gauge(String name, String what, T source, ToDoubleFunction<T> value) {
    if (registry != null) {
      Gauge.builder("marquetry." + name, source, value)
          .description(what)
          .tag("instance", instance)
          .register(registry);
    }
  }

  private <T> void counter(String name, String what, T source, ToDoubleFunction<T> value) {
    if (registry != null) {
      FunctionCounter.builder("marquetry." + name, source, value)
          .description(what)
          .tag("instance", instance)
          .register(registry);
    }
  }
}
