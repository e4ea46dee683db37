package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Id128;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Answers {@code POST /v1/exposures}: whoever asked for a decision says which of its components
 * they really showed.
 */
final class ExposureRoutes implements Routes {
  private static final int MAX_BODY = 16 * 1024;

  private final Bus bus;
  private final Asker asker;
  private final InstantSource clock;

  ExposureRoutes(Vertx vertx, ComponentContext component, Asker asker) {
    bus = Bus.of(vertx);
    this.asker = asker;
    clock = component.clock();
  }

  @Override
  public Future<Void> mount(Router router) {
    router
        .post("/v1/exposures")
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(this::serve);
    return Future.succeededFuture();
  }

  private void serve(RoutingContext http) {
    try {
      var body = http.body().buffer();
      var said = Json.readObject(body == null ? new byte[0] : body.getBytes());
      var key = Caller.key(http.request());
      var access =
          asker
              .catalogue()
              .keys()
              .find(key != null ? key : said.get("writeKey") instanceof String text ? text : null);
      if (access == null) {
        Answers.error(http, 401, "unknown_key", "the key is missing or unknown");
        return;
      }
      var exposed = new Exposed(access.site(), decision(said), components(said), clock.millis());
      bus.ask(Addresses.EXPOSE, exposed)
          .onSuccess(done -> Answers.json(http, 200, Map.of("success", true)))
          .onFailure(cause -> refuse(http, cause));
    } catch (Json.Malformed e) {
      Answers.error(http, 400, "malformed", String.valueOf(e.getMessage()));
    } catch (DecideCall.Faulty e) {
      Answers.error(http, 400, "invalid", String.valueOf(e.getMessage()), e.field());
    }
  }

  private static Id128 decision(Map<String, Object> said) throws DecideCall.Faulty {
    if (said.get("decisionId") instanceof String text && Id128.isId(text)) {
      return Id128.parse(text);
    }
    throw new DecideCall.Faulty("decisionId", "the id of a decision is expected: 32 hex digits");
  }

  private static List<String> components(Map<String, Object> said) throws DecideCall.Faulty {
    return DecideCall.components(said.get("components"));
  }

  private static void refuse(RoutingContext http, Throwable cause) {
    if (cause instanceof Refused refused) {
      Answers.error(http, 503, "unavailable", refused.text());
    } else {
      http.fail(cause);
    }
  }
}
