package io.marquetry.console.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in, under the hash of their token.
 *
 * <p>A session ends half an hour after its last use and twelve hours after its beginning, whatever
 * happens. Beyond the bound for a user their oldest session ends. Not thread-safe: owned by one
 * event loop, which also keeps what is stored in step.
 */
public final class Sessions {
  private static final int MOST_OF_ONE = 100;

  private final long lifetimeMillis;
  private final long idleMillis;
  private final Map<String, Session> sessions = new HashMap<>();

  /**
   * A login.
   *
   * @param id hash of its token
   * @param createdAt milliseconds since the epoch
   * @param expiresAt when it ends unless it is used
   */
  public record Session(String id, String user, long createdAt, long expiresAt) {}

  public Sessions(long lifetimeMillis, long idleMillis) {
    this.lifetimeMillis = lifetimeMillis;
    this.idleMillis = idleMillis;
  }

  /** Takes over a stored session. */
  public void restore(Session session) {
    sessions.put(session.id(), session);
  }

  /** Begins one. */
  public Session begin(String id, String user, long now) {
    var session = new Session(id, user, now, expiry(now, now));
    sessions.put(id, session);
    return session;
  }

  /** The latest at which a session that began now can end. */
  public long end(long now) {
    return now + lifetimeMillis;
  }

  /** The session, its idle time begun anew; null where there is none or it has ended. */
  public @Nullable Session use(String id, long now) {
    var session = sessions.get(id);
    if (session == null || session.expiresAt() <= now) {
      return null;
    }
    var used =
        new Session(id, session.user(), session.createdAt(), expiry(session.createdAt(), now));
    sessions.put(id, used);
    return used;
  }

  private long expiry(long createdAt, long now) {
    return Math.min(createdAt + lifetimeMillis, now + idleMillis);
  }

  /** Ends one; whether there was one. */
  public boolean end(String id) {
    return sessions.remove(id) != null;
  }

  /** Ends all of a user; answers which. */
  public List<String> endAll(String user) {
    return remove(session -> session.user().equals(user));
  }

  /** Ends those of a user that are beyond the bound, oldest first; answers which. */
  public List<String> trim(String user) {
    var own = new ArrayList<Session>();
    for (var session : sessions.values()) {
      if (session.user().equals(user)) {
        own.add(session);
      }
    }
    own.sort((one, other) -> Long.compare(other.createdAt(), one.createdAt()));
    var beyond = own.subList(Math.min(MOST_OF_ONE, own.size()), own.size());
    var ended = beyond.stream().map(Session::id).toList();
    ended.forEach(sessions::remove);
    return ended;
  }

  /** Ends what is over; answers which. */
  public List<String> expire(long now) {
    return remove(session -> session.expiresAt() <= now);
  }

  public int size() {
    return sessions.size();
  }

  private List<String> remove(Predicate<Session> which) {
    var ended = new ArrayList<String>();
    for (var session : sessions.values()) {
      if (which.test(session)) {
        ended.add(session.id());
      }
    }
    ended.forEach(sessions::remove);
    return ended;
  }
}
