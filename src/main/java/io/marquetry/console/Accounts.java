package io.marquetry.console;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.AdminUser;
import io.marquetry.console.core.LoginLimits;
import io.marquetry.console.core.Role;
import io.marquetry.console.core.Sessions;
import io.marquetry.console.core.Sessions.Session;
import io.marquetry.kit.KeyHash;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may log in and who is logged in: memory for asking, PostgreSQL for restarts.
 *
 * <p>A token is 256 random bits, kept as its hash. A user's roles are looked up with every use of a
 * session, so a change takes effect with the next question; and sessions end with a new password, a
 * role taken away, and with the account.
 */
final class Accounts {
  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
  private static final String FIRST = "admin";
  private static final int TOKEN_BYTES = 32;
  private static final int REMEMBERED_ATTEMPTS = 10_000;
  private static final int MOST_USERS = 1_000;
  private static final int LONGEST_PASSWORD = 256;

  /** How much a session's stored end may lag behind its true one. */
  private static final long TOUCH_MILLIS = 60_000;

  private final PgAdminStore store;
  private final Passwords passwords;
  private final Sessions sessions;
  private final InstantSource clock;
  private final Consumer<String> onEnd;
  private final SecureRandom random = new SecureRandom();
  private final LoginLimits limits = new LoginLimits(REMEMBERED_ATTEMPTS);
  private final Map<String, AdminUser> users = new TreeMap<>();
  private final Map<String, Long> storedEnd = new HashMap<>();

  /**
   * @param onEnd told the id of every session that ends
   */
  Accounts(
      PgAdminStore store,
      Passwords passwords,
      ConsoleConfig config,
      InstantSource clock,
      Consumer<String> onEnd) {
    this.store = store;
    this.passwords = passwords;
    this.sessions =
        new Sessions(config.sessionLifetime().toMillis(), config.sessionIdle().toMillis());
    this.clock = clock;
    this.onEnd = onEnd;
  }

  /** A login that went well; the token is shown only here. */
  record Login(String token, Actor actor, long expiresAt) {}

  /** Who asks, and by which session. */
  record Known(String session, Actor actor) {}

  /**
   * Reads what is stored; adds the first user where there is none.
   *
   * @param password of the first user, empty to make one up
   * @return the password that was made up, null where none was
   */
  Future<@Nullable String> load(String password) {
    return store
        .users()
        .compose(
            stored -> {
              stored.forEach(user -> users.put(user.name(), user));
              return stored.isEmpty() ? addFirst(password) : Future.succeededFuture(null);
            })
        .compose(made -> store.sessions().map(stored -> restore(stored)).map(done -> made));
  }

  private @Nullable Void restore(List<Session> stored) {
    for (var session : stored) {
      sessions.restore(session);
      storedEnd.put(session.id(), session.expiresAt());
    }
    sweep();
    return null;
  }

  private Future<@Nullable String> addFirst(String given) {
    var password = given.isEmpty() ? randomText(15) : given;
    return passwords
        .hash(password)
        .map(hash -> new AdminUser(FIRST, hash, Set.of(Role.ADMIN), false, clock.millis()))
        .compose(
            user ->
                store
                    .addFirst(user)
                    .compose(
                        added -> {
                          if (!added) {
                            return load(given);
                          }
                          users.put(FIRST, user);
                          return Future.succeededFuture(given.isEmpty() ? password : null);
                        }));
  }

  /**
   * Logs somebody in. Refused with {@link Reason#OVERLOADED} after too many failures; fails with
   * {@link Unauthorized} where user and password do not belong together.
   */
  Future<Login> login(String name, String password, String address) {
    long now = clock.millis();
    if (!limits.begin(name, address, now)) {
      return Future.failedFuture(
          new Refused(Reason.OVERLOADED, "too many failed logins; wait a minute"));
    }
    var user = users.get(name);
    boolean barred = user == null || user.disabled();
    var hash = user == null || barred ? passwords.nobody() : user.passwordHash();
    var presented =
        password.length() > LONGEST_PASSWORD ? password.substring(0, LONGEST_PASSWORD) : password;
    return passwords
        .fits(presented, hash)
        .compose(
            fits -> {
              if (user == null || barred || !fits || !hash.equals(hashNow(name))) {
                return Future.failedFuture(new Unauthorized("user or password is wrong"));
              }
              limits.succeeded(name, address, now);
              return begin(user);
            });
  }

  private @Nullable String hashNow(String name) {
    var user = users.get(name);
    return user == null || user.disabled() ? null : user.passwordHash();
  }

  private Future<Login> begin(AdminUser user) {
    var token = randomText(TOKEN_BYTES);
    long now = clock.millis();
    var session = sessions.begin(KeyHash.of(token), user.name(), now);
    storedEnd.put(session.id(), session.expiresAt());
    ended(sessions.trim(user.name()));
    return store
        .add(session)
        .map(added -> new Login(token, user.actor(), sessions.end(now)))
        .onFailure(failure -> sessions.end(session.id()));
  }

  /** Ends the session of a token, if there is one. */
  void logout(String token) {
    var id = KeyHash.of(token);
    if (sessions.end(id)) {
      ended(List.of(id));
    }
  }

  /** Who a token belongs to, its idle time begun anew; null where it is good for nothing. */
  @Nullable Known find(String token) {
    if (token.isEmpty()) {
      return null;
    }
    var session = sessions.use(KeyHash.of(token), clock.millis());
    var user = session == null ? null : users.get(session.user());
    if (session == null || user == null || user.disabled()) {
      return null;
    }
    long stored = storedEnd.getOrDefault(session.id(), 0L);
    if (session.expiresAt() - stored >= TOUCH_MILLIS) {
      storedEnd.put(session.id(), session.expiresAt());
      store.touch(session).onFailure(failure -> LOG.warn("a session is not stored", failure));
    }
    return new Known(session.id(), user.actor());
  }

  /** Ends the sessions that are over; to be called every second or so. */
  void sweep() {
    ended(sessions.expire(clock.millis()));
  }

  private void ended(List<String> ids) {
    ids.forEach(storedEnd::remove);
    ids.forEach(onEnd);
    store.end(ids).onFailure(failure -> LOG.warn("ended sessions are still stored", failure));
  }

  int loggedIn() {
    return sessions.size();
  }

  /** All users by name. */
  List<AdminUser> users() {
    return List.copyOf(users.values());
  }

  @Nullable AdminUser user(String name) {
    return users.get(name);
  }

  /** Hashes a new password. */
  Future<String> hash(String password) {
    return passwords.hash(password);
  }

  /** Creates or replaces a user; sessions that rest on what they no longer have end. */
  Future<Void> put(AdminUser user) {
    if (!users.containsKey(user.name()) && users.size() >= MOST_USERS) {
      return Future.failedFuture(
          new Refused(Reason.CONFLICT, "there are " + MOST_USERS + " users; delete some first"));
    }
    return store
        .put(user)
        .onSuccess(
            stored -> {
              var before = users.put(user.name(), user);
              if (before != null && takesAway(before, user)) {
                ended(sessions.endAll(user.name()));
              }
            });
  }

  private static boolean takesAway(AdminUser before, AdminUser after) {
    return after.disabled()
        || !after.roles().containsAll(before.roles())
        || !after.passwordHash().equals(before.passwordHash());
  }

  Future<Void> delete(String name) {
    return store
        .delete(name)
        .onSuccess(
            deleted -> {
              users.remove(name);
              ended(sessions.endAll(name));
            });
  }

  /** Whether somebody could still administrate if this user were so; null for gone. */
  boolean leavesAnAdmin(String name, @Nullable AdminUser instead) {
    var then = new ArrayList<>(users.values());
    then.removeIf(user -> user.name().equals(name));
    if (instead != null) {
      then.add(instead);
    }
    return then.stream().anyMatch(user -> !user.disabled() && user.roles().contains(Role.ADMIN));
  }

  Future<Void> close() {
    return Future.all(store.close(), passwords.close()).mapEmpty();
  }

  private String randomText(int bytes) {
    var random = new byte[bytes];
    this.random.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
