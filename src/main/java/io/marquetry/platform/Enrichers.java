package io.marquetry.platform;

import io.marquetry.enrichment.Enricher;
import io.marquetry.enrichment.Enricher.Figures;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes enrichers, each for the event loop it is made on, and tells Prometheus what they do.
 *
 * <p>An enricher counts in plain fields of its own loop; once a second what was added since is put
 * onto shared counters there.
 */
public final class Enrichers {
  private static final long EVERY_MILLIS = 1_000;

  private Enrichers() {}

  /**
   * A new enricher for the calling event loop.
   *
   * @param stage who uses it, for the figures: {@code ingest} or {@code decide}
   */
  public static Enricher make(Vertx vertx, String stage) {
    var enricher = new Enricher(System::nanoTime);
    var registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      var told = new HashMap<String, Long>();
      vertx.setPeriodic(
          EVERY_MILLIS, timer -> enricher.figures().forEach(f -> tell(registry, stage, f, told)));
    }
    return enricher;
  }

  private static void tell(
      MeterRegistry registry, String stage, Figures figures, Map<String, Long> told) {
    var memory = figures.memory();
    add(registry, told, stage, figures.name(), "marquetry.enrichment.runs", "done", figures.runs());
    add(
        registry,
        told,
        stage,
        figures.name(),
        "marquetry.enrichment.runs",
        "failed",
        figures.failures());
    var answers = "marquetry.enrichment.answers";
    add(registry, told, stage, figures.name(), answers, "remembered", memory.hits());
    add(registry, told, stage, figures.name(), answers, "worked_out", memory.misses());
    var timed = "marquetry.enrichment.timed";
    add(registry, told, stage, figures.name(), timed, "runs", figures.timed());
    add(registry, told, stage, figures.name(), timed, "nanos", figures.nanos());
  }

  private static void add(
      MeterRegistry registry,
      Map<String, Long> told,
      String stage,
      String enrichment,
      String meter,
      String outcome,
      long now) {
    var before = told.put(enrichment + meter + outcome, now);
    long more = now - (before == null ? 0 : before);
    if (more > 0) {
      registry
          .counter(meter, "stage", stage, "enrichment", enrichment, "outcome", outcome)
          .increment((double) more);
    }
  }
}
