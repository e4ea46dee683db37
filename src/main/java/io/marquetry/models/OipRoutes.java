package io.marquetry.models;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ModelsMessage.Describe;
import io.marquetry.bus.ModelsMessage.GetModels;
import io.marquetry.bus.ModelsMessage.Infer;
import io.marquetry.bus.ModelsMessage.Inferred;
import io.marquetry.follow.CatalogueView;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves the built-in models by the Open Inference Protocol v2.
 *
 * <p>Health and what the server is are open to all; a model is asked with a key, whose site says
 * whose model is meant.
 */
public final class OipRoutes implements Routes {
  private static final int MAX_BODY = 128 * 1024;

  private final Bus bus;
  private final CatalogueView catalogue;
  private final String version;

  public OipRoutes(Vertx vertx, ComponentContext component) {
    bus = Bus.of(vertx);
    catalogue = new CatalogueView(vertx);
    version = component.server().version();
  }

  @Override
  public Future<Void> mount(Router router) {
    router.route("/v2/*").handler(this::speakTheProtocol);
    router.get("/v2").handler(http -> Answers.json(http, 200, server()));
    router.get("/v2/health/live").handler(http -> Answers.json(http, 200, Map.of("live", true)));
    router.get("/v2/health/ready").handler(this::ready);
    for (var model : List.of("/v2/models/:model", "/v2/models/:model/versions/:version")) {
      router.get(model).handler(http -> describe(http, false));
      router.get(model + "/ready").handler(http -> describe(http, true));
      router
          .post(model + "/infer")
          .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
          .handler(this::infer);
    }
    return catalogue.start();
  }

  @Override
  public Future<Void> close() {
    return catalogue.close();
  }

  private void speakTheProtocol(RoutingContext http) {
    Refusal refusal = (context, status, code, text) -> error(context, status, text);
    http.put(Refusal.KEY, refusal);
    http.next();
  }

  private Map<String, Object> server() {
    return Map.of("name", "marquetry", "version", version, "extensions", List.of());
  }

  private void ready(RoutingContext http) {
    bus.ask(Addresses.MODELS, new GetModels())
        .onSuccess(states -> Answers.json(http, 200, Map.of("ready", true)))
        .onFailure(cause -> Answers.json(http, 503, Map.of("ready", false)));
  }

  private void describe(RoutingContext http, boolean readyOnly) {
    var site = site(http);
    if (site == null) {
      return;
    }
    var name = http.pathParam("model");
    bus.ask(Addresses.DESCRIBE_MODEL, new Describe(name, version(http), site))
        .onSuccess(
            answer -> {
              if (readyOnly && answer.status() == 200) {
                Answers.json(http, 200, Map.of("name", name, "ready", true));
              } else {
                Answers.json(http, answer.status(), answer.body());
              }
            })
        .onFailure(cause -> error(http, 503, "models cannot be asked now"));
  }

  private void infer(RoutingContext http) {
    var site = site(http);
    if (site == null) {
      return;
    }
    var body = http.body().buffer();
    try {
      var asked = Json.readObject(body == null ? new byte[0] : body.getBytes());
      ask(new Infer(http.pathParam("model"), version(http), site, asked))
          .onSuccess(answer -> Answers.json(http, answer.status(), answer.body()))
          .onFailure(cause -> error(http, 503, "models cannot be asked now"));
    } catch (Json.Malformed e) {
      error(http, 400, String.valueOf(e.getMessage()));
    }
  }

  private Future<Inferred> ask(Infer question) {
    return bus.ask(Addresses.INFER, question);
  }

  private static String version(RoutingContext http) {
    var version = http.pathParam("version");
    return version == null ? "" : version;
  }

  /** The site of the key that a request carries; null where it has none, which is answered. */
  private @Nullable String site(RoutingContext http) {
    var key = Caller.key(http.request());
    var access = catalogue.keys().find(key != null ? key : http.request().getHeader("X-API-Key"));
    if (access == null) {
      error(http, 401, "the key is missing or unknown");
      return null;
    }
    return access.site();
  }

  private static void error(RoutingContext http, int status, String text) {
    Answers.later(http, status);
    Answers.json(http, status, Map.of("error", text));
  }
}
