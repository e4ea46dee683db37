package io.marquetry.assembly;

import io.marquetry.assembly.core.Origin;
import io.marquetry.platform.Proxies;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The WebSockets of one event loop that origins answer. They have connections of their own, so that
 * however many stay open, pages find theirs; bounded in number, and none stays silent for long.
 */
final class Tunnels {
  private final AssemblyConfig config;
  private final Proxies proxies;
  private final Tally<OriginEnd> requests;
  private final Tally<End> ends;
  private final HttpClient client;
  private final Set<Tunnel> joined = new HashSet<>();
  private final AtomicInteger taken = new AtomicInteger(); // also read for the figures

  /** How a WebSocket that was open ended. */
  enum End {
    /** One of both sides closed it. */
    CLOSED,
    /** It was silent for too long. */
    IDLE,
    /** The server stopped. */
    STOPPED
  }

  Tunnels(
      Vertx vertx,
      int instance,
      AssemblyConfig config,
      Proxies proxies,
      Tally<OriginEnd> requests) {
    this.config = config;
    this.proxies = proxies;
    this.requests = requests;
    ends =
        new Tally<>(
            End.class, "marquetry.origin.sockets", "closed, by how they ended", "end", instance);
    client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setConnectTimeout(config.connectMillis())
                    .setTcpNoDelay(true))
            .with(new PoolOptions().setHttp1MaxSize(Math.max(1, config.sockets())))
            .build();
    var registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      Gauge.builder("marquetry.origin.sockets.open", this, all -> all.taken.get())
          .description("WebSockets to origins, those being opened too")
          .tag("instance", Integer.toString(instance))
          .register(registry);
    }
  }

  /** Whether a browser asks for a WebSocket. */
  static boolean wanted(HttpServerRequest request) {
    return request.canUpgradeToWebSocket()
        && request.getHeader(HttpHeaders.CONTENT_LENGTH) == null
        && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
  }

  void open(HttpServerRequest request, Origin origin, RequestOptions options) {
    if (taken.get() >= config.sockets()) {
      requests.count(OriginProblem.shed(request));
      return;
    }
    taken.incrementAndGet();
    new Tunnel(this, request, origin).begin(options, config.headMillis());
  }

  Future<HttpClientRequest> connect(RequestOptions options) {
    return client.request(options);
  }

  Proxies proxies() {
    return proxies;
  }

  /** It never came to be one. */
  void ended(OriginEnd how) {
    taken.decrementAndGet();
    requests.count(how);
  }

  void joined(Tunnel tunnel) {
    joined.add(tunnel);
    requests.count(OriginEnd.SOCKET);
  }

  /** Takes note that one ended; whether it had not before. */
  boolean parted(Tunnel tunnel, End how) {
    if (!joined.remove(tunnel)) {
      return false;
    }
    taken.decrementAndGet();
    ends.count(how);
    return true;
  }

  /** Closes those that are silent for too long. */
  void look(long now) {
    long most = TimeUnit.SECONDS.toMillis(config.socketIdleSeconds());
    for (var tunnel : List.copyOf(joined)) {
      if (tunnel.silentMillis(now) > most) {
        tunnel.close(End.IDLE);
      }
    }
  }

  Future<Void> close() {
    List.copyOf(joined).forEach(tunnel -> tunnel.close(End.STOPPED));
    return client.close();
  }
}
