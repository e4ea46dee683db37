package io.marquetry.console;

import io.vertx.core.Vertx;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open sockets of one event loop and whose they are.
 *
 * <p>A socket dies with its session. One that has not said within ten seconds whose it is, dies
 * too; and there may not be many of those at once, since they cost nothing to open.
 */
final class Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
  private static final int MOST = 500;
  private static final int MOST_UNKNOWN = 50;
  private static final long UNKNOWN_MILLIS = 10_000;
  private static final int POLICY_VIOLATION = 1008;

  private final Vertx vertx;
  private final Map<SockJSSocket, Login> open = new HashMap<>();
  private final Map<String, Set<SockJSSocket>> bySession = new HashMap<>();
  private int unknown;

  /** Both empty while it is not known whose a socket is. */
  private record Login(String token, String session) {
    static final Login UNKNOWN = new Login("", "");

    boolean known() {
      return !session.isEmpty();
    }
  }

  Sockets(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Takes up a socket; false where there are too many. */
  boolean open(SockJSSocket socket, String token, String session) {
    boolean known = !session.isEmpty();
    if (open.size() >= MOST || (!known && unknown >= MOST_UNKNOWN)) {
      LOG.warn(
          "a console socket is turned away: {} open, {} of them unknown", open.size(), unknown);
      return false;
    }
    open.put(socket, Login.UNKNOWN);
    unknown++;
    if (known) {
      know(socket, token, session);
    } else {
      vertx.setTimer(
          UNKNOWN_MILLIS,
          timer -> {
            if (open.containsKey(socket) && !knows(socket)) {
              socket.close(POLICY_VIOLATION, "log in first");
            }
          });
    }
    return true;
  }

  /** From here on the socket is somebody's; false where it is gone by now. */
  boolean know(SockJSSocket socket, String token, String session) {
    var login = open.get(socket);
    if (login == null) {
      return false;
    }
    if (!login.known()) {
      open.put(socket, new Login(token, session));
      unknown--;
      bySession.computeIfAbsent(session, none -> new HashSet<>()).add(socket);
    }
    return true;
  }

  boolean knows(SockJSSocket socket) {
    return open.getOrDefault(socket, Login.UNKNOWN).known();
  }

  String token(SockJSSocket socket) {
    return open.getOrDefault(socket, Login.UNKNOWN).token();
  }

  /** Whether it reads as fast as is written; a feed waits for nobody. */
  boolean hasRoom(SockJSSocket socket) {
    return !socket.writeQueueFull();
  }

  /** Lets go of one that was closed. */
  void gone(SockJSSocket socket) {
    var login = open.remove(socket);
    if (login == null) {
      return;
    }
    if (!login.known()) {
      unknown--;
      return;
    }
    var others = bySession.get(login.session());
    if (others != null) {
      others.remove(socket);
      if (others.isEmpty()) {
        bySession.remove(login.session());
      }
    }
  }

  /** Closes the sockets of a session. */
  void end(String session) {
    for (var socket : List.copyOf(bySession.getOrDefault(session, Set.of()))) {
      socket.close(POLICY_VIOLATION, "logged out");
      gone(socket);
    }
  }

  void closeAll() {
    for (var socket : new ArrayList<>(open.keySet())) {
      socket.close();
      gone(socket);
    }
  }
}
