package io.marquetry.ingest;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.core.Screening;
import io.marquetry.schema.EventSchema;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds events against the schemas that are defined for them.
 *
 * <p>A schema is compiled when it is published, and again only when it changes. An event that
 * nothing is defined for costs two lookups. Used on ingest's own loop.
 */
final class EventSchemas implements Screening {
  static final String CODE = "schema";
  private static final Logger LOG = LoggerFactory.getLogger(EventSchemas.class);

  private Map<String, Held> byKey = Map.of();
  private Map<Subject, Held> bySubject = Map.of();

  /** Which events one is for; an empty site stands for all. */
  private record Subject(String site, EventType type, String name) {}

  private record Held(
      int version, String key, String target, boolean enforced, EventSchema schema) {}

  /** Works by these from here on. */
  void define(Catalogue catalogue) {
    var keys = new HashMap<String, Held>();
    var subjects = new HashMap<Subject, Held>();
    for (var definition : catalogue.all(Kind.SCHEMA)) {
      var known = byKey.get(definition.key());
      var held =
          known != null && known.version() == definition.version() ? known : compile(definition);
      if (held != null) {
        keys.put(definition.key(), held);
        subjects.put(subject(definition.body()), held);
      }
    }
    byKey = keys;
    bySubject = subjects;
  }

  private static Subject subject(Map<String, Object> body) {
    var name = String.valueOf(body.get("event"));
    var type = EventType.of(name);
    return new Subject(
        body.get("site") instanceof String site ? site : "",
        type == null ? EventType.TRACK : type,
        name);
  }

  /** One that cannot be compiled, which the catalogue lets nobody put, holds up no event. */
  @SuppressWarnings("unchecked")
  private static @Nullable Held compile(Definition definition) {
    var body = definition.body();
    try {
      return new Held(
          definition.version(),
          definition.key(),
          String.valueOf(body.get("target")),
          !"warn".equals(body.get("mode")),
          EventSchema.known((Map<String, Object>) body.getOrDefault("schema", Map.of())));
    } catch (RuntimeException e) {
      LOG.error("the schema {} cannot be used: {}", definition.key(), e.toString());
      return null;
    }
  }

  @Override
  public @Nullable Finding screen(Event event) {
    if (bySubject.isEmpty()) {
      return null;
    }
    var held = bySubject.get(new Subject(event.site(), event.type(), event.name()));
    if (held == null) {
      held = bySubject.get(new Subject("", event.type(), event.name()));
    }
    if (held == null) {
      return null;
    }
    var faults = held.schema().check(target(event, held.target()));
    if (faults.isEmpty()) {
      return null;
    }
    count(event, held);
    var detail = faults.stream().map(EventSchema.Fault::toString).collect(Collectors.joining("; "));
    return new Finding(CODE, held.key() + ": " + detail, held.enforced());
  }

  private static Object target(Event event, String target) {
    if (!target.equals("event")) {
      return event.object(target);
    }
    var whole = new LinkedHashMap<>(event.fields());
    whole.put("type", event.type().key());
    if (event.type() == EventType.TRACK) {
      whole.put("event", event.name());
    }
    return whole;
  }

  private static void count(Event event, Held held) {
    MeterRegistry registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      registry
          .counter(
              "marquetry.schema.violations",
              "site",
              event.site(),
              "schema",
              held.key(),
              "mode",
              held.enforced() ? "enforce" : "warn")
          .increment();
    }
  }
}
