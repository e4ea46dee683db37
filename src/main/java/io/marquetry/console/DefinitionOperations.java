package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.CatalogueMessage.GetHistory;
import io.marquetry.bus.CatalogueMessage.History;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.Past;
import io.marquetry.bus.CatalogueMessage.Put;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reading and changing definitions.
 *
 * <p>What a definition must look like is the catalogue's to say. A {@code version} in what is put
 * says which one it was made from: where that is no longer the current one, somebody else changed
 * it in the meantime, and it is a conflict.
 */
final class DefinitionOperations {
  private static final String HOLDOUT = "holdout";
  private static final String RETENTION = "retention";

  /** 0 days stand for no end. */
  private static final Map<String, Object> FOR_EVER =
      Map.of("decisions", Map.of("days", 0), "bandits", Map.of("days", 0), "version", 0);

  private final Bus bus;

  DefinitionOperations(Bus bus) {
    this.bus = bus;
  }

  void register(Map<String, Operation.Handler> handlers) {
    kind(handlers, Kind.SITE, "sites", "list", "put");
    kind(handlers, Kind.SEGMENT, "segments", "list", "put", "delete");
    kind(handlers, Kind.COMPONENT, "components", "list", "get", "put", "delete");
    kind(handlers, Kind.VARIANT, "variants", "list", "get", "put", "delete");
    kind(handlers, Kind.RULE, "rules", "list", "put", "delete");
    kind(handlers, Kind.PAGE, "pages", "list", "get", "put", "delete");
    kind(handlers, Kind.TEMPLATE, "templates", "list", "get", "put", "delete");
    kind(handlers, Kind.SCHEMA, "schemas", "list", "get", "put", "delete");
    kind(handlers, Kind.MODEL, "models", "put", "delete");
    handlers.put("variants.publish", this::publish);
    handlers.put("variants.rollback", this::rollback);
    handlers.put("variants.history", (actor, body) -> history(body));
    handlers.put(
        "holdout.get", (actor, body) -> setting(HOLDOUT, Map.of("percent", 0, "version", 0), body));
    handlers.put("holdout.put", (actor, body) -> put(Kind.SETTING, HOLDOUT, actor, body));
    handlers.put("retention.get", (actor, body) -> setting(RETENTION, FOR_EVER, body));
    handlers.put("retention.put", (actor, body) -> put(Kind.SETTING, RETENTION, actor, body));
  }

  private void kind(
      Map<String, Operation.Handler> handlers, Kind kind, String noun, String... verbs) {
    for (var verb : verbs) {
      handlers.put(
          noun + "." + verb,
          switch (verb) {
            case "list" -> (actor, body) -> list(kind, noun, body);
            case "get" -> (actor, body) -> get(kind, body).map(Views::definition);
            case "put" -> (actor, body) -> put(kind, key(kind, body), actor, body);
            default -> (actor, body) -> delete(kind, actor, body);
          });
    }
  }

  /** Everything that is defined now. */
  Future<Catalogue> catalogue() {
    return bus.ask(Addresses.CATALOGUE, new GetCatalogue());
  }

  private Future<Map<String, Object>> list(Kind kind, String noun, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var filter = filter(kind, arguments);
    arguments.end();
    return catalogue()
        .map(
            catalogue ->
                Map.of(
                    noun,
                    catalogue.all(kind).stream().filter(filter).map(Views::definition).toList()));
  }

  /** Variants and rules can be asked for by component, pages and schemas by site. */
  private static Predicate<Definition> filter(Kind kind, Arguments arguments) {
    var field =
        switch (kind) {
          case VARIANT, RULE -> "component";
          case PAGE, SCHEMA -> "site";
          default -> "";
        };
    var wanted = field.isEmpty() ? null : arguments.optionalText(field);
    return definition -> wanted == null || wanted.equals(definition.body().get(field));
  }

  /** The one that {@code key} names, or {@code component} and {@code key} for a variant. */
  Future<Definition> get(Kind kind, Map<String, Object> body) {
    var key = asked(kind, body);
    return catalogue().map(catalogue -> find(catalogue, kind, key));
  }

  static Definition find(Catalogue catalogue, Kind kind, String key) {
    for (var definition : catalogue.definitions()) {
      if (definition.kind() == kind && definition.key().equals(key)) {
        return definition;
      }
    }
    throw new Refused(Reason.NOT_FOUND, "key", "there is no " + kind.key() + " " + key);
  }

  /** The key in a question that holds nothing else. */
  private static String asked(Kind kind, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    if (kind == Kind.VARIANT) {
      arguments.text("component");
    }
    arguments.text("key");
    arguments.end();
    return key(kind, body);
  }

  private static String key(Kind kind, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    return kind == Kind.VARIANT
        ? arguments.text("component") + "/" + arguments.text("key")
        : arguments.text("key");
  }

  private Future<Map<String, Object>> put(
      Kind kind, String key, Actor actor, Map<String, Object> body) {
    var basedOn = Arguments.of(body).optionalInteger("version", 0, Integer.MAX_VALUE);
    var plain = new LinkedHashMap<>(body);
    plain.remove("version");
    if (kind == Kind.RULE) {
      plain.remove("conflicts"); // answered by rules.put, so that what was answered can be put
    }
    if (kind == Kind.SEGMENT) {
      // Answered by segments.get, so that what was got can be put.
      List.of("size", "backfill", "cut").forEach(plain::remove);
    }
    return put(new Put(kind, key, plain, actor.name(), basedOn));
  }

  private Future<Map<String, Object>> put(Put put) {
    return bus.ask(Addresses.PUT_DEFINITION, put).map(Views::put);
  }

  private Future<Map<String, Object>> delete(Kind kind, Actor actor, Map<String, Object> body) {
    var put = new Put(kind, asked(kind, body), null, actor.name());
    return bus.ask(Addresses.PUT_DEFINITION, put)
        .map(done -> Map.of("deleted", true, "version", done.definition().version()));
  }

  /** Now, or from {@code at} on: the variant's schedule then says so, and needs nobody to watch. */
  private Future<Map<String, Object>> publish(Actor actor, Map<String, Object> body) {
    var question = new HashMap<>(body);
    var at = question.remove("at");
    return get(Kind.VARIANT, question)
        .compose(
            variant -> {
              var published = new HashMap<>(variant.body());
              published.put("status", "published");
              if (at != null) {
                published.put("schedule", scheduled(variant.body().get("schedule"), at));
              }
              return put(
                  new Put(Kind.VARIANT, variant.key(), published, actor.name(), variant.version()));
            });
  }

  private static Map<String, Object> scheduled(@Nullable Object schedule, Object at) {
    var changed = new LinkedHashMap<String, Object>();
    if (schedule instanceof Map<?, ?> known) {
      known.forEach((field, value) -> changed.put(String.valueOf(field), value));
    }
    changed.put("from", at);
    return changed;
  }

  /** Puts an older version again, as a new one: the one asked for, else the one before. */
  private Future<Map<String, Object>> rollback(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var key = arguments.text("component") + "/" + arguments.text("key");
    var wanted = arguments.optionalInteger("version", 1, Integer.MAX_VALUE);
    arguments.end();
    return past(key)
        .compose(
            history -> {
              var version = older(key, history, wanted);
              return put(new Put(Kind.VARIANT, key, version.body(), actor.name()));
            });
  }

  private static Past older(String key, History history, @Nullable Integer wanted) {
    var versions = history.versions();
    for (int i = 0; i < versions.size(); i++) {
      var past = versions.get(i);
      if (wanted == null ? i > 0 && !past.deleted() : past.version() == wanted) {
        if (past.deleted()) {
          throw new Refused(
              Reason.CONFLICT, "version", "version " + wanted + " of " + key + " deleted it");
        }
        return past;
      }
    }
    throw new Refused(
        Reason.NOT_FOUND, "version", "variant " + key + " has no such earlier version");
  }

  private Future<History> past(String key) {
    return bus.ask(Addresses.HISTORY, new GetHistory(Kind.VARIANT, key));
  }

  private Future<Map<String, Object>> history(Map<String, Object> body) {
    var key = asked(Kind.VARIANT, body);
    return past(key)
        .map(
            history -> {
              if (history.versions().isEmpty()) {
                throw new Refused(Reason.NOT_FOUND, "key", "there never was a variant " + key);
              }
              return Map.of("versions", history.versions().stream().map(Views::past).toList());
            });
  }

  /** A setting, or what holds where it was never put. */
  private Future<Map<String, Object>> setting(
      String key, Map<String, Object> otherwise, Map<String, Object> body) {
    Arguments.of(body).end();
    return catalogue()
        .map(
            catalogue ->
                catalogue.all(Kind.SETTING).stream()
                    .filter(setting -> setting.key().equals(key))
                    .findFirst()
                    .map(Views::definition)
                    .orElse(otherwise));
  }

  /** Whether something is marked as done, in a setting. */
  Future<Boolean> marked(String setting, String field) {
    return catalogue()
        .map(
            catalogue ->
                catalogue.all(Kind.SETTING).stream()
                    .anyMatch(
                        one ->
                            one.key().equals(setting)
                                && Boolean.TRUE.equals(one.body().get(field))));
  }

  Future<Void> mark(String setting, String field, Actor actor) {
    return put(new Put(Kind.SETTING, setting, Map.of(field, true), actor.name())).mapEmpty();
  }
}
