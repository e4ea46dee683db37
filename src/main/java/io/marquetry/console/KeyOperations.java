package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.CreateKey;
import io.marquetry.bus.CatalogueMessage.GetKeys;
import io.marquetry.bus.CatalogueMessage.QueryAudit;
import io.marquetry.bus.CatalogueMessage.RevokeKey;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Objects;

/** Keys of sites, and what was done by whom. */
final class KeyOperations {
  private static final int SHOWN = 100;
  private static final int MOST = 1_000;

  private final Bus bus;

  KeyOperations(Bus bus) {
    this.bus = bus;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("keys.list", (actor, body) -> list(body));
    handlers.put("keys.create", this::create);
    handlers.put("keys.revoke", this::revoke);
    handlers.put("audit.query", (actor, body) -> audit(body));
  }

  private Future<Map<String, Object>> list(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var query = new GetKeys(arguments.optionalText("site"));
    arguments.end();
    return bus.ask(Addresses.KEYS, query)
        .map(keys -> Map.of("keys", keys.keys().stream().map(Views::key).toList()));
  }

  private Future<Map<String, Object>> create(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var create =
        new CreateKey(
            arguments.text("site"),
            arguments.text("kind"),
            Objects.requireNonNullElse(arguments.optionalText("name"), ""),
            arguments.optionalText("key"),
            actor.name());
    arguments.end();
    return bus.ask(Addresses.CREATE_KEY, create)
        .map(created -> Map.of("id", created.id(), "key", created.key()));
  }

  private Future<Map<String, Object>> revoke(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var revoke = new RevokeKey(arguments.text("id"), actor.name());
    arguments.end();
    return bus.ask(Addresses.REVOKE_KEY, revoke).map(done -> Map.of("revoked", true));
  }

  private Future<Map<String, Object>> audit(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var query =
        new QueryAudit(
            arguments.optionalText("actor"),
            arguments.optionalText("operation"),
            arguments.optionalText("target"),
            arguments.optionalTime("from"),
            arguments.optionalTime("to"),
            arguments.limit(SHOWN, MOST));
    arguments.end();
    return bus.ask(Addresses.AUDIT_TRAIL, query)
        .map(trail -> Map.of("entries", trail.entries().stream().map(Views::audit).toList()));
  }
}
