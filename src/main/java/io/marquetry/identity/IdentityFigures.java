package io.marquetry.identity;

import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.identity.core.Refusal;
import io.marquetry.identity.core.Tally;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.micrometer.backends.BackendRegistries;

/** Shows to Prometheus what is joined, what is not, and who is in quarantine. */
final class IdentityFigures {
  private IdentityFigures() {}

  static void show(IdentityGraph graph, Tally tally) {
    MeterRegistry registry = BackendRegistries.getDefaultNow();
    if (registry == null) {
      return;
    }
    for (var evidence : Tally.EVIDENCE) {
      FunctionCounter.builder("marquetry.identity.joins", tally, t -> t.joins(evidence))
          .description("profiles that went up in another, by evidence")
          .tag("evidence", evidence)
          .register(registry);
    }
    for (var refusal : Refusal.values()) {
      FunctionCounter.builder("marquetry.identity.joins.refused", tally, t -> t.refusals(refusal))
          .description("profiles that an event connects and that stay apart, by reason")
          .tag("reason", refusal.key())
          .register(registry);
    }
    quarantine(registry, graph, "person", true);
    quarantine(registry, graph, "device", false);
  }

  private static void quarantine(
      MeterRegistry registry, IdentityGraph graph, String kind, boolean persons) {
    Gauge.builder("marquetry.identity.quarantined", graph, g -> g.quarantined(persons))
        .description("identifiers that stand for too many to join anything")
        .tag("kind", kind)
        .register(registry);
  }
}
