package io.marquetry.assembly;

import io.marquetry.assembly.core.Origin;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of a browser that an origin answers.
 *
 * <p>Once the origin agreed, bytes pass both ways as they come, whatever they mean; each side holds
 * back the other. Before that nothing of the browser's but its request reaches the origin.
 */
final class Tunnel {
  private static final int SWITCHING_PROTOCOLS = 101;

  private final Tunnels tunnels;
  private final HttpServerRequest request;
  private final Origin origin;
  private @Nullable HttpClientRequest sent;
  private @Nullable NetSocket browser;
  private @Nullable NetSocket site;
  private long heard = System.nanoTime();
  private boolean over;

  Tunnel(Tunnels tunnels, HttpServerRequest request, Origin origin) {
    this.tunnels = tunnels;
    this.request = request;
    this.origin = origin;
  }

  /** Asks the origin, which has this long to agree. */
  void begin(RequestOptions options, int headMillis) {
    request.response().closeHandler(gone -> left());
    tunnels
        .connect(options)
        .compose(this::ask)
        .timeout(headMillis, TimeUnit.MILLISECONDS)
        .onSuccess(this::answered)
        .onFailure(
            cause -> {
              if (!over) {
                reset();
                end(OriginProblem.answer(request, cause));
              }
            });
  }

  private Future<HttpClientResponse> ask(HttpClientRequest out) {
    sent = out;
    out.exceptionHandler(broken -> {}); // the futures tell as much
    if (over) {
      reset();
      return Future.failedFuture("nobody waits any more");
    }
    ProxyHeaders.request(request, tunnels.proxies(), origin, false, out.headers());
    upgrade(out.headers());
    return out.connect();
  }

  private static void upgrade(MultiMap headers) {
    headers.set(HttpHeaders.CONNECTION, "Upgrade").set(HttpHeaders.UPGRADE, "websocket");
  }

  private void answered(HttpClientResponse answer) {
    if (over) {
      reset();
      return;
    }
    answer.exceptionHandler(broken -> close(Tunnels.End.CLOSED));
    var response = request.response();
    boolean agreed =
        answer.statusCode() == SWITCHING_PROTOCOLS
            && "websocket".equalsIgnoreCase(answer.getHeader(HttpHeaders.UPGRADE));
    ProxyHeaders.answer(answer.headers(), origin, !agreed, response.headers());
    if (!agreed) {
      reset(); // of a refusal a browser's page sees nothing but that it is one
      end(OriginEnd.UNTOUCHED);
      int status = answer.statusCode() == SWITCHING_PROTOCOLS ? 502 : answer.statusCode();
      response.setStatusCode(status).putHeader(HttpHeaders.CACHE_CONTROL, PageAnswers.NO_STORE);
      response.end();
      return;
    }
    var far = answer.netSocket();
    far.pause();
    site = far;
    upgrade(response.headers());
    request.toNetSocket().onSuccess(near -> join(near, far)).onFailure(broken -> left());
  }

  private void join(NetSocket near, NetSocket far) {
    if (over) {
      near.close();
      return;
    }
    browser = near;
    if (near instanceof NetSocketInternal own) {
      // The server's own patience is for requests.
      var pipeline = own.channelHandlerContext().pipeline();
      if (pipeline.get(IdleStateHandler.class) != null) {
        pipeline.remove(IdleStateHandler.class);
      }
    }
    pass(near, far);
    pass(far, near);
    tunnels.joined(this);
    heard = System.nanoTime();
    far.resume();
  }

  private void pass(NetSocket from, NetSocket to) {
    from.handler(
        piece -> {
          heard = System.nanoTime();
          to.write(piece);
          if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(drained -> from.resume());
          }
        });
    from.endHandler(end -> to.end());
    from.exceptionHandler(broken -> close(Tunnels.End.CLOSED));
    from.closeHandler(closed -> close(Tunnels.End.CLOSED));
  }

  /** Closes both ends of a tunnel that is joined, once. */
  void close(Tunnels.End how) {
    if (browser == null || site == null || !tunnels.parted(this, how)) {
      return;
    }
    browser.close();
    site.close();
  }

  /** For how long nothing came from either side. */
  long silentMillis(long now) {
    return TimeUnit.NANOSECONDS.toMillis(now - heard);
  }

  private void left() {
    if (!over && browser == null) {
      end(OriginEnd.LEFT);
      reset();
    }
  }

  /** Nothing came of it. */
  private void end(OriginEnd how) {
    over = true;
    tunnels.ended(how);
  }

  private void reset() {
    if (sent != null) {
      sent.reset();
    }
  }
}
