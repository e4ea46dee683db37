package io.marquetry.http;

import io.marquetry.platform.Answers;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.PublicPaths;
import io.marquetry.platform.Routes;
import io.marquetry.platform.StartupProblem;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.micrometer.backends.BackendRegistries;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves HTTP. Instances share the port and take connections in turn; each has faces of its own, so
 * that nothing is shared between event loops.
 */
public final class HttpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  private final ComponentContext component;
  private final FaceFactory factory;
  private List<Routes> faces = List.of();
  private HttpServer server;
  private long drainSeconds;

  /** Makes the faces of one instance. */
  @FunctionalInterface
  public interface FaceFactory {
    /** In the order in which they are to be mounted. */
    List<Routes> faces(Vertx vertx, ComponentContext component);
  }

  @SuppressWarnings("NullAway.Init") // the server is made in start()
  public HttpVerticle(ComponentContext component, FaceFactory factory) {
    this.component = component;
    this.factory = factory;
  }

  @Override
  public Future<?> start() {
    var settings = component.settings();
    drainSeconds = settings.integer("drainSeconds", 20, 0, 300);
    int maxConnections = settings.integer("maxConnections", 20_000, 1, 1_000_000);
    var paths = PublicPaths.read(settings);
    settings.check();
    var router = Router.router(vertx);
    router.route().failureHandler(HttpVerticle::fail);
    var registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      component.server().places().count(registry);
    }
    faces = factory.faces(vertx, component);
    Future<Void> mounted = Future.succeededFuture();
    for (var face : faces) {
      mounted = mounted.compose(before -> face.mount(router));
    }
    server = vertx.createHttpServer(options());
    server.connectionHandler(new ConnectionLimit(maxConnections));
    server.requestHandler(router);
    return mounted
        .compose(
            done -> {
              paths.apply(router);
              return server.listen(component.server().port(), component.server().host());
            })
        .recover(this::explain);
  }

  /** Stops taking connections, lets requests under way finish, then lets go of the faces. */
  @Override
  public Future<?> stop() {
    var closed = new ArrayList<Future<?>>();
    faces.forEach(face -> closed.add(face.close()));
    return server.shutdown(drainSeconds, TimeUnit.SECONDS).eventually(() -> Future.all(closed));
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions()
        .setIdleTimeout(60)
        .setHttp2ClearTextEnabled(false)
        .setDecompressionSupported(false)
        .setCompressionSupported(false)
        .setMaxInitialLineLength(8_192)
        .setMaxHeaderSize(16_384)
        .setTcpNoDelay(true)
        .setHandle100ContinueAutomatically(true);
  }

  private <T> Future<T> explain(Throwable cause) {
    if (cause instanceof BindException
        || String.valueOf(cause.getMessage()).contains("Address already in use")) {
      return Future.failedFuture(
          new StartupProblem(
              "port %d on %s is taken; stop whoever has it or choose another with --port"
                  .formatted(component.server().port(), component.server().host())));
    }
    return Future.failedFuture(cause);
  }

  private static void fail(RoutingContext context) {
    var cause = context.failure();
    int status = context.statusCode() >= 400 ? context.statusCode() : 500;
    if (status >= 500) {
      LOG.error("a request failed", cause);
    }
    if (context.response().headWritten()) {
      context.response().reset();
    } else if (context.get(Routes.Refusal.KEY) instanceof Routes.Refusal own) {
      own.refuse(context, status, code(status), text(status));
    } else {
      Answers.error(context, status, code(status), text(status));
    }
  }

  private static String code(int status) {
    return switch (status) {
      case 400 -> "bad_request";
      case 404 -> "not_found";
      case 405 -> "method_not_allowed";
      case 413 -> "too_large";
      default -> status < 500 ? "refused" : "failed";
    };
  }

  private static String text(int status) {
    return switch (status) {
      case 400 -> "the request is malformed";
      case 404 -> "there is nothing at this path";
      case 405 -> "this path does not take that method";
      case 413 -> "the body is too large";
      default -> status < 500 ? "the request was refused" : "something went wrong on our side";
    };
  }
}
