package io.marquetry.http;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.platform.Answers;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Routes;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether the process lives, whether it can serve, and its figures for Prometheus. */
public final class HealthRoutes implements Routes {
  private final Bus bus;
  private final ComponentContext component;
  private boolean draining;

  public HealthRoutes(Vertx vertx, ComponentContext component) {
    this.component = component;
    bus = Bus.of(vertx);
  }

  @Override
  public Future<Void> mount(Router router) {
    // That this handler runs is the answer: the event loop turns.
    router.get("/health/live").handler(context -> Answers.json(context, 200, live()));
    router.get("/health/ready").handler(this::ready);
    router.get("/metrics").handler(HealthRoutes::metrics);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    draining = true;
    return Future.succeededFuture();
  }

  private static Object live() {
    return Map.of("live", true);
  }

  /** Ready means: every component answers, and none is still loading or closed to work. */
  private void ready(RoutingContext context) {
    var pings = new ArrayList<Future<Pong>>();
    for (var placement : component.topology().placements()) {
      if (placement.component().equals("http")) {
        continue;
      }
      for (int i = 0; i < placement.instances(); i++) {
        pings.add(bus.ask(Addresses.ping(placement.component()).to(i), new Ping()));
      }
    }
    Future.join(pings).onComplete(done -> answer(context, pings));
  }

  private void answer(RoutingContext context, List<Future<Pong>> pings) {
    boolean ready = !draining;
    var components = new LinkedHashMap<String, Object>();
    for (var ping : pings) {
      if (ping.failed()) {
        ready = false;
        components.put("unanswered", String.valueOf(ping.cause().getMessage()));
      } else {
        var pong = ping.result();
        ready &= !pong.state().startsWith("loading") && !pong.state().startsWith("closed");
        components.merge(pong.component(), pong.state(), (one, other) -> worse(one, other));
      }
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("ready", ready);
    body.put("components", components);
    Answers.json(context, ready ? 200 : 503, body);
  }

  private static Object worse(Object one, Object other) {
    return one.equals("ready") ? other : one;
  }

  private static void metrics(RoutingContext context) {
    if (BackendRegistries.getDefaultNow() instanceof PrometheusMeterRegistry registry) {
      context
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
          .end(registry.scrape());
    } else {
      Answers.error(context, 404, "not_found", "metrics are switched off");
    }
  }
}
