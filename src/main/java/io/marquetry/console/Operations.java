package io.marquetry.console;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Permissions;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The registry of operations, and the one place where roles are checked.
 *
 * <p>Names and roles come from {@link Permissions}; a name without a handler, or a handler without
 * a name there, is a mistake found at start.
 */
final class Operations {
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  Operations(Map<String, Operation.Handler> handlers) {
    Permissions.ALL.forEach(
        (name, role) -> {
          var handler = handlers.get(name);
          if (handler == null) {
            throw new IllegalStateException("operation " + name + " has no handler");
          }
          operations.put(name, new Operation(name, role, handler));
        });
    var unlisted = new TreeSet<>(handlers.keySet());
    unlisted.removeAll(operations.keySet());
    if (!unlisted.isEmpty()) {
      throw new IllegalStateException("operations without a role: " + unlisted);
    }
  }

  Collection<Operation> all() {
    return operations.values();
  }

  /** Does it if they may. Fails with {@code Refused}. */
  Future<Map<String, Object>> call(Actor actor, String name, Map<String, Object> body) {
    var operation = operations.get(name);
    if (operation == null) {
      return Future.failedFuture(new Refused(Reason.NOT_FOUND, "there is no operation " + name));
    }
    if (!actor.may(operation.role())) {
      return Future.failedFuture(
          new Refused(Reason.FORBIDDEN, name + " needs the role " + operation.role().key()));
    }
    try {
      return operation.handler().handle(actor, body);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
