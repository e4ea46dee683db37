package io.marquetry.assembly;

import io.marquetry.assembly.core.Assembler;
import io.marquetry.assembly.core.Origin;
import io.marquetry.assembly.core.Page;
import io.marquetry.assembly.core.PageMemory;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Proxies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Pages of existing sites, fetched for each request and passed on as they come.
 *
 * <p>What belongs to one event loop: connections to origins, what is remembered of their pages, and
 * the exchanges under way. An exchange whose origin falls silent is ended from here.
 */
final class OriginPages {
  private static final long LOOK_MILLIS = 500;
  private static final int IDLE_SECONDS = 15;

  private final Vertx vertx;
  private final AssemblyConfig config;
  private final Proxies proxies;
  private final PageDecisions decisions;
  private final Supplier<Assembler> assembler;
  private final HttpClient client;
  private final PageMemory memory;
  private final Tally<OriginEnd> ends;
  private final Tunnels tunnels;
  private final Set<OriginExchange> running = new HashSet<>();
  private final long watch;

  OriginPages(
      Vertx vertx,
      ComponentContext component,
      AssemblyConfig config,
      PageDecisions decisions,
      Supplier<Assembler> assembler) {
    this.vertx = vertx;
    proxies = component.server().proxies();
    this.config = config;
    this.decisions = decisions;
    this.assembler = assembler;
    client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setConnectTimeout(config.connectMillis())
                    .setKeepAliveTimeout(IDLE_SECONDS)
                    .setMaxHeaderSize(32_768)
                    .setTcpNoDelay(true))
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(config.connections())
                    .setMaxWaitQueueSize(config.waiting()))
            .build();
    memory = new PageMemory(config.rememberedPages());
    ends =
        new Tally<>(
            OriginEnd.class,
            "marquetry.origin.requests",
            "for pages of origins, by how they ended",
            "end",
            component.instance());
    tunnels = new Tunnels(vertx, component.instance(), config, proxies, ends);
    watch = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
  }

  /** Decides some components of the page under way; never fails. */
  @FunctionalInterface
  interface Decider {
    Future<PageDecisions.Decision> decide(List<String> components);
  }

  void serve(HttpServerRequest request, Page.Proxied page, Decider decider) {
    if (Tunnels.wanted(request)) {
      var origin = page.origin();
      tunnels.open(request, origin, options(origin, HttpMethod.GET, target(request)));
      return;
    }
    new OriginExchange(this, request, page, decider).begin();
  }

  Proxies proxies() {
    return proxies;
  }

  Future<HttpClientRequest> connect(Origin origin, HttpServerRequest request) {
    return client.request(options(origin, request.method(), target(request)));
  }

  private static RequestOptions options(Origin origin, HttpMethod method, String target) {
    return new RequestOptions()
        .setMethod(method)
        .setHost(origin.host())
        .setPort(origin.port())
        .setSsl(origin.secure())
        .setURI(target);
  }

  /** The path and query asked for, whichever form the request line has. */
  private static String target(HttpServerRequest request) {
    var uri = request.uri();
    if (uri.startsWith("/")) {
      return uri;
    }
    int authority = uri.indexOf("://");
    int path = authority < 0 ? -1 : uri.indexOf('/', authority + 3);
    return path < 0 ? "/" : uri.substring(path);
  }

  /** Fetches a fragment that a page of the origin includes. */
  Future<EsiPage.Fragment> fragment(HttpServerRequest request, Origin origin, String target) {
    return client
        .request(options(origin, HttpMethod.GET, target))
        .compose(
            out -> {
              ProxyHeaders.request(request, proxies, origin, true, out.headers());
              out.headers()
                  .set(HttpHeaders.ACCEPT_ENCODING, "identity")
                  .remove(HttpHeaders.CONTENT_LENGTH);
              return out.send();
            })
        .compose(
            answer ->
                answer.statusCode() == 200
                    ? answer.body().map(body -> fragment(answer, body))
                    : Future.failedFuture("answered " + answer.statusCode()))
        .timeout(config.headMillis(), TimeUnit.MILLISECONDS);
  }

  private static EsiPage.Fragment fragment(HttpClientResponse answer, Buffer body) {
    return new EsiPage.Fragment(
        body.toString(StandardCharsets.ISO_8859_1), ProxyHeaders.hasTags(answer.headers()));
  }

  String cookie(HttpServerRequest request, Page.Proxied page, String device) {
    return decisions.cookie(request, page.site(), device);
  }

  void enter(OriginExchange exchange) {
    running.add(exchange);
  }

  void leave(OriginExchange exchange, OriginEnd end) {
    if (running.remove(exchange)) {
      ends.count(end);
    }
  }

  private void look() {
    long now = System.nanoTime();
    for (var exchange : List.copyOf(running)) {
      exchange.look(now);
    }
    tunnels.look(now);
  }

  Vertx vertx() {
    return vertx;
  }

  AssemblyConfig config() {
    return config;
  }

  Assembler assembler() {
    return assembler.get();
  }

  PageMemory memory() {
    return memory;
  }

  Future<Void> close() {
    vertx.cancelTimer(watch);
    return tunnels.close().eventually(client::close);
  }
}
