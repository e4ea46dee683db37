package io.marquetry.console;

import io.marquetry.console.core.OriginCheck;
import io.marquetry.console.core.Permissions;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.Set;

/**
 * The event-bus bridge: SockJS at {@code /eventbus}, over WebSocket only.
 *
 * <p>Inbound exactly the addresses of the operations, outbound exactly the feeds. What a client
 * writes into headers is thrown away but for {@code authorization}; what goes on is the token,
 * which whoever serves the operation judges. So a socket needs no login to be opened, which lets
 * clients in that can only say who they are with each message, but nothing passes without one: an
 * operation is refused, a feed cannot be listened to, and the socket is closed soon.
 */
final class Bridge {
  /** Names of operations, as the doors let them through. */
  static final Set<String> OPERATIONS = Permissions.ALL.keySet();

  private static final String PATH = "/eventbus/*";
  private static final String TOKEN = "mq.admin.token";
  private static final String SESSION = "mq.admin.session";
  private static final int MAX_HANDLERS = 64;
  private static final int MAX_ADDRESS = 64;
  private static final long REPLY_MILLIS = 35_000;
  private static final long PING_MILLIS = 15_000;

  private final Vertx vertx;
  private final JsonCalls calls;
  private final Sockets sockets;

  Bridge(Vertx vertx, JsonCalls calls) {
    this.vertx = vertx;
    this.calls = calls;
    this.sockets = new Sockets(vertx);
  }

  Future<Void> mount(Router router) {
    var sockJs =
        SockJSHandler.create(vertx, new SockJSHandlerOptions().setRegisterWriteHandler(false));
    router.route(PATH).handler(this::guard);
    router.route(PATH).subRouter(sockJs.bridge(options(), this::judge));
    return calls.onSessionEnded(sockets::end);
  }

  Future<Void> close() {
    sockets.closeAll();
    return Future.succeededFuture();
  }

  private static SockJSBridgeOptions options() {
    var options =
        new SockJSBridgeOptions()
            .setMaxAddressLength(MAX_ADDRESS)
            .setMaxHandlersPerSocket(MAX_HANDLERS)
            .setReplyTimeout(REPLY_MILLIS)
            .setPingTimeout(PING_MILLIS);
    for (var operation : OPERATIONS) {
      options.addInboundPermitted(
          new PermittedOptions().setAddress(ConsoleVerticle.ADMIN + operation));
    }
    for (var feed : ConsoleVerticle.feeds()) {
      options.addOutboundPermitted(new PermittedOptions().setAddress(feed));
    }
    return options;
  }

  /** Who may open a socket at all; a login that comes with it has to be a good one. */
  private void guard(RoutingContext context) {
    var request = context.request();
    if (Doorkeeper.origin(request) == OriginCheck.FOREIGN) {
      Answers.error(context, 403, "forbidden", "this is not for pages of another origin");
      return;
    }
    boolean info = request.path().equals("/eventbus/info");
    boolean upgrade = "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
    if (!info && !(upgrade && request.path().endsWith("/websocket"))) {
      Answers.error(context, 404, "not_found", "the bridge is reached by WebSocket");
      return;
    }
    var token = info ? "" : Doorkeeper.socketToken(request);
    if (token.isEmpty()) {
      context.next();
      return;
    }
    request.pause();
    session(token)
        .onSuccess(
            session -> {
              request.resume();
              if (session.isEmpty()) {
                Answers.error(context, 401, "unauthorized", "log in first");
              } else {
                context.put(TOKEN, token).put(SESSION, session);
                context.next();
              }
            });
  }

  /** The session of a token, empty where it is good for nothing. */
  private Future<String> session(String token) {
    return calls
        .ask(ConsoleVerticle.SESSION, Buffer.buffer(), token)
        .map(
            answer ->
                answer.ok()
                    ? String.valueOf(Json.readOwn(answer.body().getBytes()).get("session"))
                    : "");
  }

  private void judge(BridgeEvent event) {
    var socket = event.socket();
    switch (event.type()) {
      case SOCKET_CREATED -> event.complete(open(socket));
      case SEND -> send(event, socket);
      case REGISTER -> register(event, socket);
      case RECEIVE -> event.complete(receive(event, socket));
      case PUBLISH -> event.complete(false);
      case SOCKET_CLOSED, SOCKET_ERROR -> {
        sockets.gone(socket);
        event.complete(true);
      }
      default -> event.complete(true);
    }
  }

  private boolean open(SockJSSocket socket) {
    var context = socket.routingContext();
    String token = context.get(TOKEN);
    String session = context.get(SESSION);
    return sockets.open(socket, token == null ? "" : token, session == null ? "" : session);
  }

  private void send(BridgeEvent event, SockJSSocket socket) {
    var message = event.getRawMessage();
    if (message.containsKey("headers") && !(message.getValue("headers") instanceof JsonObject)) {
      event.complete(false);
      return;
    }
    var own = token(message);
    var token = own.isEmpty() ? sockets.token(socket) : own;
    var headers = new JsonObject();
    if (!token.isEmpty()) {
      headers.put(JsonDoor.TOKEN, token);
    }
    message.put("headers", headers);
    event.setRawMessage(message);
    if (!own.isEmpty() && !sockets.knows(socket)) {
      remember(socket, own);
    }
    event.complete(true);
  }

  private void remember(SockJSSocket socket, String token) {
    session(token)
        .onSuccess(
            session -> {
              if (!session.isEmpty()) {
                sockets.know(socket, token, session);
              }
            });
  }

  private void register(BridgeEvent event, SockJSSocket socket) {
    var token = token(event.getRawMessage());
    if (sockets.knows(socket) || token.isEmpty()) {
      event.complete(sockets.knows(socket));
      return;
    }
    session(token)
        .onSuccess(
            session -> event.complete(!session.isEmpty() && sockets.know(socket, token, session)));
  }

  /** Answers always pass; what is published only to who is logged in and keeps up. */
  private boolean receive(BridgeEvent event, SockJSSocket socket) {
    var message = event.getRawMessage();
    boolean feed = ConsoleVerticle.feeds().contains(message.getString("address"));
    return !feed || (sockets.knows(socket) && sockets.hasRoom(socket));
  }

  /** The token that a message brings itself, empty where it brings none. */
  private static String token(JsonObject message) {
    if (!(message.getValue("headers") instanceof JsonObject headers)) {
      return "";
    }
    for (var name : headers.fieldNames()) {
      if (name.equalsIgnoreCase("authorization")
          && headers.getValue(name) instanceof String value) {
        var bearer = Doorkeeper.bearer(value);
        return bearer.isEmpty() ? value.strip() : bearer;
      }
    }
    return "";
  }
}
