package io.marquetry.console;

import io.marquetry.platform.Answers;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.platform.Proxies;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;

/**
 * The HTTP face of the console: {@code POST /v1/admin/…}, the bridge at {@code /eventbus}, and the
 * page at {@code /console/}.
 */
public final class AdminRoutes implements Routes {
  private static final long MAX_BODY = 256 * 1024;
  private static final String BASE = "/v1/admin/";
  private static final String NOSNIFF = "X-Content-Type-Options";

  private final InstantSource clock;
  private final Proxies proxies;
  private final JsonCalls calls;
  private final Bridge bridge;
  private final ConsolePages pages;

  public AdminRoutes(Vertx vertx, ComponentContext context) {
    clock = context.clock();
    proxies = context.server().proxies();
    calls = new JsonCalls(vertx);
    bridge = new Bridge(vertx, calls);
    pages = new ConsolePages(vertx);
  }

  @Override
  public Future<Void> mount(Router router) {
    var body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
    router.post(BASE + "*").handler(Doorkeeper::noForeignPage);
    router.post(BASE + "*").handler(body);
    router.post(BASE + "login").handler(this::login);
    router.post(BASE + "logout").handler(this::logout);
    router.post(BASE + ":operation").handler(this::operation);
    router
        .route(BASE + "*")
        .handler(
            context ->
                Answers.error(context, 405, "method_not_allowed", "operations are called by POST"));
    return bridge.mount(router).compose(mounted -> pages.mount(router));
  }

  @Override
  public Future<Void> close() {
    return bridge.close();
  }

  private void login(RoutingContext context) {
    Map<String, Object> asked;
    try {
      asked = Json.readObject(bytes(context).getBytes());
    } catch (Json.Malformed e) {
      Answers.error(context, 400, "bad_request", String.valueOf(e.getMessage()));
      return;
    }
    var question =
        Map.of(
            "user", asked.getOrDefault("user", ""),
            "password", asked.getOrDefault("password", ""),
            "address", address(context));
    calls
        .ask(ConsoleVerticle.LOGIN, Buffer.buffer(Json.write(question)), "")
        .onSuccess(
            answer -> {
              if (answer.ok()) {
                keepLoggedIn(context, answer.body());
              }
              answer(context, answer);
            });
  }

  private String address(RoutingContext context) {
    return Objects.requireNonNullElse(proxies.address(context.request()), "");
  }

  private void keepLoggedIn(RoutingContext context, Buffer body) {
    var login = Json.readOwn(body.getBytes());
    var end = Instant.parse(String.valueOf(login.get("expiresAt")));
    long seconds = Duration.between(clock.instant(), end).toSeconds();
    var token = String.valueOf(login.get("token"));
    Doorkeeper.setCookie(context, token, seconds, proxies.isSecure(context.request()));
  }

  private void logout(RoutingContext context) {
    calls
        .ask(ConsoleVerticle.LOGOUT, Buffer.buffer(), Doorkeeper.token(context.request()))
        .onSuccess(
            answer -> {
              Doorkeeper.setCookie(context, "", 0, proxies.isSecure(context.request()));
              answer(context, answer);
            });
  }

  private void operation(RoutingContext context) {
    var name = context.pathParam("operation");
    var token = Doorkeeper.token(context.request());
    if (!Bridge.OPERATIONS.contains(name)) {
      // Only to who is logged in, so that the list cannot be felt out from outside.
      calls
          .ask(ConsoleVerticle.SESSION, Buffer.buffer(), token)
          .onSuccess(
              known -> {
                if (known.ok()) {
                  var unknown = Outcome.unknown(name);
                  Answers.json(context, unknown.status(), unknown.body());
                } else {
                  answer(context, known);
                }
              });
      return;
    }
    calls
        .ask(ConsoleVerticle.ADMIN + name, bytes(context), token)
        .onSuccess(answer -> answer(context, answer));
  }

  private static Buffer bytes(RoutingContext context) {
    var body = context.body().buffer();
    return body == null ? Buffer.buffer() : body;
  }

  private static void answer(RoutingContext context, JsonCalls.Answer answer) {
    var response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(answer.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
        .putHeader(NOSNIFF, "nosniff");
    retryLater(response, answer.status());
    response.end(answer.body());
  }

  private static void retryLater(HttpServerResponse response, int status) {
    if (status == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    } else if (status == 429) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "60");
    } else if (status == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
  }
}
