package io.marquetry.testkit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A site that speaks WebSocket: at {@code …/echo} it says everything again, at {@code …/close} it
 * closes with 4002, at {@code …/refuse} it answers 403, at {@code …/page} 200 and at {@code
 * …/silent} nothing.
 */
public final class SocketSite implements AutoCloseable {
  private static final long SECONDS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private volatile Map<String, String> asked = Map.of();

  private SocketSite() {
    var options =
        new HttpServerOptions()
            .setMaxWebSocketMessageSize(16 * 1024 * 1024)
            .setMaxWebSocketFrameSize(16 * 1024 * 1024)
            .addWebSocketSubProtocol("chat.v1");
    server =
        vertx
            .createHttpServer(options)
            .webSocketHandshakeHandler(this::handshake)
            .webSocketHandler(SocketSite::talk);
    await(server.listen(0, "127.0.0.1"));
  }

  public static SocketSite start() {
    return new SocketSite();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private void handshake(ServerWebSocketHandshake handshake) {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    handshake.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
    headers.put("uri", handshake.uri());
    asked = headers;
    if (handshake.path().endsWith("/refuse")) {
      handshake.reject(403);
    } else if (handshake.path().endsWith("/page")) {
      handshake.reject(200);
    } else if (!handshake.path().endsWith("/silent")) {
      handshake.accept();
    }
  }

  private static void talk(ServerWebSocket socket) {
    if (socket.path().endsWith("/close")) {
      socket.close((short) 4002, "enough");
    } else {
      socket.binaryMessageHandler(socket::writeBinaryMessage);
    }
  }

  /** The headers of the last handshake, in any case, and its address as {@code uri}. */
  public Map<String, String> asked() {
    return asked;
  }

  /** {@code http://127.0.0.1:port}. */
  public String base() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
