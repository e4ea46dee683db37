package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.schema.EventSchema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The definition of an event: which one, and the JSON Schema that what it carries is held against.
 *
 * <p>There is one for each event, or one for each event of a site that goes before the one for all
 * sites; two for the same would leave open which of them holds.
 */
final class SchemaRules {
  private static final int MAX_EVENT = 256;

  private SchemaRules() {}

  static Map<String, Object> schema(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    body.name(key);
    var event = body.text("event");
    if (event.length() > MAX_EVENT) {
      throw Body.wrong("event", "is longer than " + MAX_EVENT + " characters");
    }
    var site = body.optionalText("site");
    if (site != null && !all.has(Kind.SITE, site)) {
      throw Body.wrong("site", "there is no site " + site);
    }
    body.oneOf(
        "target", target(EventType.of(event)), List.of("properties", "traits", "context", "event"));
    body.oneOf("mode", "enforce", List.of("enforce", "warn"));
    compile(body.object("schema"));
    requireOnly(all, key, event, site);
    return body.done();
  }

  /** What most tracking plans describe of a call. */
  private static String target(@Nullable EventType type) {
    return type == EventType.IDENTIFY || type == EventType.GROUP ? "traits" : "properties";
  }

  private static void compile(Map<String, Object> schema) {
    try {
      var unused = EventSchema.compile(schema);
    } catch (EventSchema.Faulty e) {
      throw Body.wrong("schema", String.valueOf(e.getMessage()));
    }
  }

  private static void requireOnly(
      Definitions all, String key, String event, @Nullable String site) {
    for (var other : all.all(Kind.SCHEMA)) {
      if (!other.key().equals(key)
          && event.equals(other.body().get("event"))
          && Objects.equals(site, other.body().get("site"))) {
        throw new Refused(
            Reason.CONFLICT, "event", "is defined already, by the schema " + other.key());
      }
    }
  }
}
