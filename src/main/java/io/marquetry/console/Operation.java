package io.marquetry.console;

import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Role;
import io.vertx.core.Future;
import java.util.Map;

/**
 * Something that can be done, through either door.
 *
 * @param name {@code <noun>.<verb>}
 * @param role needed for it
 */
record Operation(String name, Role role, Handler handler) {

  /** Does it; fails with {@code Refused} where it cannot be done as asked. */
  @FunctionalInterface
  interface Handler {
    Future<Map<String, Object>> handle(Actor actor, Map<String, Object> body);
  }
}
