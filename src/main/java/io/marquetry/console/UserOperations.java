package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.AdminUser;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Role;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may administrate.
 *
 * <p>Noted in the audit before it is done, since the two are stored in different places: an entry
 * may stand for a change that then failed, but there is no change without its entry.
 */
final class UserOperations {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.@+-]{1,64}");
  private static final int SHORTEST = 10;
  private static final int LONGEST = 128;

  private final Bus bus;
  private final Accounts accounts;
  private final InstantSource clock;
  private Future<?> last = Future.succeededFuture();

  UserOperations(Bus bus, Accounts accounts, InstantSource clock) {
    this.bus = bus;
    this.accounts = accounts;
    this.clock = clock;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("users.list", (actor, body) -> list(body));
    handlers.put("users.put", (actor, body) -> inTurn(() -> put(actor, body)));
    handlers.put("users.delete", (actor, body) -> inTurn(() -> delete(actor, body)));
  }

  /** One after the other, so that two cannot each leave the last admin to the other. */
  private Future<Map<String, Object>> inTurn(Supplier<Future<Map<String, Object>>> change) {
    Future<Map<String, Object>> mine = last.otherwiseEmpty().compose(before -> change.get());
    last = mine;
    return mine;
  }

  private Future<Map<String, Object>> list(Map<String, Object> body) {
    Arguments.of(body).end();
    return Future.succeededFuture(
        Map.of("users", accounts.users().stream().map(AdminUser::view).toList()));
  }

  private Future<Map<String, Object>> put(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var name = arguments.text("name");
    var password = arguments.optionalText("password");
    var roles = arguments.optionalTexts("roles");
    var before = accounts.user(name);
    boolean disabled = arguments.flag("disabled", before != null && before.disabled());
    arguments.value("createdAt"); // as users.list shows it; not to be changed
    arguments.end();
    checkName(name);
    checkPassword(name, password, before);
    var after =
        roles == null ? (before == null ? Set.<Role>of() : before.roles()) : Role.parse(roles);
    if (after.isEmpty()) {
      throw new Refused(Reason.INVALID, "roles", "is required: at least one role");
    }
    long createdAt = before == null ? clock.millis() : before.createdAt();
    return hash(password, before)
        .map(hash -> new AdminUser(name, hash, after, disabled, createdAt))
        .compose(
            user -> {
              requireAdmin(name, user);
              return note(actor, "users.put", name, view(before), user.view())
                  .compose(noted -> accounts.put(user))
                  .map(done -> user.view());
            });
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches() || name.equals(DemoSeed.ACTOR.name())) {
      throw new Refused(
          Reason.INVALID, "name", "a name is 1 to 64 of A-Z, a-z, 0-9 and _ . @ + -, not demo");
    }
  }

  private static void checkPassword(
      String name, @Nullable String password, @Nullable AdminUser before) {
    if (password == null) {
      if (before == null) {
        throw new Refused(Reason.INVALID, "password", "is required for a new user");
      }
      return;
    }
    if (password.length() < SHORTEST || password.length() > LONGEST || password.equals(name)) {
      throw new Refused(
          Reason.INVALID,
          "password",
          "has " + SHORTEST + " to " + LONGEST + " characters and is not the name");
    }
  }

  private Future<String> hash(@Nullable String password, @Nullable AdminUser before) {
    return password == null && before != null
        ? Future.succeededFuture(before.passwordHash())
        : accounts.hash(String.valueOf(password));
  }

  private Future<Map<String, Object>> delete(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var name = arguments.text("name");
    arguments.end();
    var before = accounts.user(name);
    if (before == null) {
      throw new Refused(Reason.NOT_FOUND, "name", "there is no user " + name);
    }
    requireAdmin(name, null);
    return note(actor, "users.delete", name, before.view(), null)
        .compose(noted -> accounts.delete(name))
        .map(done -> Map.of("deleted", true));
  }

  private void requireAdmin(String name, @Nullable AdminUser instead) {
    if (!accounts.leavesAnAdmin(name, instead)) {
      throw new Refused(Reason.CONFLICT, "name", "somebody has to stay who may log in as an admin");
    }
  }

  private static @Nullable Map<String, Object> view(@Nullable AdminUser user) {
    return user == null ? null : user.view();
  }

  private Future<?> note(
      Actor actor,
      String operation,
      String target,
      @Nullable Map<String, Object> before,
      @Nullable Map<String, Object> after) {
    return bus.ask(Addresses.AUDIT, new Audit(actor.name(), operation, target, before, after));
  }
}
