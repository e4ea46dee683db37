package io.marquetry.bench;

import io.marquetry.postgres.DataDirectory;
import io.marquetry.postgres.EmbeddedServer;
import io.marquetry.testkit.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ceilings: the least that a Vert.x server can do and still answer such a request. One event
 * loop, no router, nothing looked at that need not be.
 *
 * <ul>
 *   <li>{@code POST /bare} reads a body, 204
 *   <li>{@code GET /page} a page of 10 kB as one buffer
 *   <li>{@code GET /six} the same length joined from seven pieces of a page and six fragments
 *   <li>{@code POST /json} parses a body and answers 3 kB of JSON from memory
 *   <li>{@code GET /proxy?PORT} the page of another server on that port, piped through
 *   <li>{@code GET /site} a page of 50 kB with six slots; what stands behind a proxy
 *   <li>{@code POST /durable} parses a body and stores its event, or the events of its batch, in
 *       PostgreSQL under a unique message id, many beacons to a commit; answers when that is done
 * </ul>
 */
public final class BareServer extends VerticleBase {
  static final int PAGE_BYTES = 10 * 1024;
  static final int FRAGMENTS = 6;
  private static final int FRAGMENT_BYTES = 1_300;
  private static final int CONNECTIONS = 64;
  private static final int JSON_BYTES = 3 * 1024;

  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private final @Nullable EmbeddedServer postgres;
  private final List<Buffer> pieces = new ArrayList<>();
  private final List<Buffer> fragments = new ArrayList<>();
  private final Buffer page = text(PAGE_BYTES);
  private final Buffer json = Buffer.buffer("{\"text\":\"" + "x".repeat(JSON_BYTES) + "\"}");
  private final Buffer stored = Buffer.buffer("{\"success\":true}");
  private final Buffer site = Buffer.buffer(ShopCatalogue.originPage());
  private @Nullable HttpClient client;
  private @Nullable BareLog log;
  private int port;

  private BareServer(@Nullable EmbeddedServer postgres) {
    this.postgres = postgres;
    for (int i = 0; i < FRAGMENTS; i++) {
      fragments.add(text(FRAGMENT_BYTES));
    }
    int rest = PAGE_BYTES - FRAGMENTS * FRAGMENT_BYTES;
    for (int i = 0; i <= FRAGMENTS; i++) {
      pieces.add(text(rest / (FRAGMENTS + 1) + (i == 0 ? rest % (FRAGMENTS + 1) : 0)));
    }
  }

  private static Buffer text(int bytes) {
    return Buffer.buffer("<p>Some text.</p>\n".repeat(bytes / 18 + 1).substring(0, bytes));
  }

  /**
   * Prints {@code listening PORT} and stays.
   *
   * @param arguments where to keep a PostgreSQL; nothing to go without one and without {@code
   *     /durable}
   */
  public static void main(String[] arguments) throws Exception {
    EmbeddedServer postgres = null;
    if (arguments.length > 0) {
      var data = DataDirectory.open(Path.of(arguments[0]));
      TestCluster.copyTo(data.path());
      var started = EmbeddedServer.start(data);
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      postgres = started;
    }
    var vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    var server = new BareServer(postgres);
    vertx.deployVerticle(server).toCompletionStage().toCompletableFuture().get();
    System.out.println("listening " + server.port);
  }

  @Override
  public Future<?> start() {
    client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    Future<BareLog> ready =
        postgres == null
            ? Future.succeededFuture()
            : BareLog.open(vertx, postgres.database().connectOptions());
    return ready
        .onSuccess(opened -> log = opened)
        .compose(opened -> listen())
        .onSuccess(server -> port = server.actualPort());
  }

  private Future<HttpServer> listen() {
    return vertx
        .createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
        .requestHandler(this::serve)
        .listen(0, "127.0.0.1");
  }

  private void serve(HttpServerRequest request) {
    switch (request.path()) {
      case "/bare" -> request.body().onSuccess(body -> request.response().setStatusCode(204).end());
      case "/page" -> end(request, HTML, page);
      case "/six" -> end(request, HTML, joined());
      case ShopCatalogue.ORIGIN_PATH -> end(request, HTML, site);
      case "/proxy" -> pass(request);
      case "/json" ->
          request
              .body()
              .onSuccess(body -> end(request, JSON, body.toJsonObject().isEmpty() ? stored : json));
      case "/durable" -> request.body().onSuccess(body -> store(request, body));
      default -> request.response().setStatusCode(404).end();
    }
  }

  private static void end(HttpServerRequest request, CharSequence type, Buffer body) {
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
  }

  private Buffer joined() {
    var joined = Buffer.buffer(PAGE_BYTES);
    for (int i = 0; i < FRAGMENTS; i++) {
      joined.appendBuffer(pieces.get(i)).appendBuffer(fragments.get(i));
    }
    return joined.appendBuffer(pieces.get(FRAGMENTS));
  }

  private void pass(HttpServerRequest request) {
    var response = request.response();
    Objects.requireNonNull(client)
        .request(
            HttpMethod.GET,
            Integer.parseInt(request.query()),
            "127.0.0.1",
            ShopCatalogue.ORIGIN_PATH)
        .compose(
            out -> {
              out.headers().setAll(request.headers());
              return out.send();
            })
        .compose(
            answer -> {
              response.setStatusCode(answer.statusCode()).headers().setAll(answer.headers());
              return answer.pipeTo(response);
            })
        .onFailure(cause -> response.setStatusCode(502).end(String.valueOf(cause)));
  }

  private void store(HttpServerRequest request, Buffer body) {
    if (log == null) {
      request.response().setStatusCode(503).end();
      return;
    }
    log.store(body)
        .onSuccess(done -> end(request, JSON, stored))
        .onFailure(cause -> request.response().setStatusCode(500).end(String.valueOf(cause)));
  }
}
