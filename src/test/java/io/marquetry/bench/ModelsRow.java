package io.marquetry.bench;

import io.marquetry.bench.Order.Outcome;
import io.marquetry.testkit.ModelServer;
import io.marquetry.testkit.ModelServer.Manner;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pages of which three components go by a model, while that model is good, slow, lying, and gone.
 *
 * <p>One that is slow but in time is waited for by every page; others until the breaker leaves them
 * alone. A slot is empty where the page's own markup shows.
 */
final class ModelsRow {
  private static final double BUDGET_MILLIS = 50;
  private static final int MODEL_MILLIS = 30;
  private static final int SLOW_MILLIS = 20;
  private static final int TOO_SLOW_MILLIS = 60;
  private static final double RATE = 200;
  private static final int RANKED = 3;
  private static final String PATH = "/ranked";

  private final Rig rig;

  ModelsRow(Rig rig) {
    this.rig = rig;
  }

  /** A way in which the model behaves for a while, and how late it is. */
  private record Phase(String name, Manner manner, int millis) {}

  private static List<Phase> phases() {
    var phases = new ArrayList<Phase>();
    phases.add(new Phase("slow but in time", Manner.SLOW, SLOW_MILLIS));
    phases.add(new Phase("too slow", Manner.SLOW, TOO_SLOW_MILLIS));
    for (var manner : Manner.values()) {
      if (manner != Manner.SLOW) {
        phases.add(new Phase(manner.name().toLowerCase(Locale.ROOT), manner, 0));
      }
    }
    return phases;
  }

  Row measure() {
    var vertx = Vertx.vertx();
    try (var model = start(vertx)) {
      return measure(model);
    } finally {
      vertx.close().await();
    }
  }

  private static ModelServer start(Vertx vertx) {
    try {
      return ModelServer.start(vertx);
    } catch (Exception e) {
      throw new IllegalStateException("the model does not start", e);
    }
  }

  private Row measure(ModelServer model) {
    var server = rig.server();
    var foreign = Foreign.begin();
    goBy(server, model, "good");
    server.call("pages.put", page());
    var pages = rig.ours("ranked", Requests.page(PATH, rig.cookies()), "");
    pages.open(RATE, rig.plan().warmUp());
    var outcomes = new LinkedHashMap<String, Outcome>();
    for (var phase : phases()) {
      model.behave(phase.manner());
      model.slowBy(phase.millis());
      goBy(server, model, phase.name());
      outcomes.put(phase.name(), look(pages));
    }
    goBy(server, model, "gone");
    model.close();
    outcomes.put("gone", look(pages));
    return report(outcomes).foreign(foreign.cores());
  }

  private Outcome look(Target pages) {
    double seconds = rig.plan().openSeconds() / 4;
    return pages.send(seconds, pages.stream(RATE).without(ShopCatalogue.EMPTY)).only();
  }

  /** Under another key each time, so that nothing is known of its ways. */
  private static void goBy(MeasuredServer server, ModelServer model, String phase) {
    var key = phase.replaceAll("[^a-z]", "-");
    server.call(
        "models.put",
        Map.of("key", key, "url", model.url(), "timeoutMillis", MODEL_MILLIS, "cacheSeconds", 0));
    for (int i = 0; i < RANKED; i++) {
      ShopCatalogue.ranked("ranked" + i, key)
          .forEach(operation -> server.call(operation.name(), operation.body()));
    }
  }

  private static Map<String, Object> page() {
    var slots = new ArrayList<>(ShopCatalogue.shown().subList(RANKED, ShopCatalogue.SHOWN));
    for (int i = 0; i < RANKED; i++) {
      slots.add("ranked" + i);
    }
    return Map.of(
        "key",
        "ranked",
        "site",
        ShopCatalogue.SITE,
        "path",
        PATH,
        "template",
        ShopCatalogue.page(slots, ShopCatalogue.OWN_BYTES));
  }

  private static Row report(Map<String, Outcome> outcomes) {
    var row = new Row("page.models", "p99 <= 50 ms, no slot empty");
    double p50 = 0;
    double p99 = 0;
    for (var phase : outcomes.entrySet()) {
      var outcome = phase.getValue();
      var time = outcome.time("latency");
      p50 = Math.max(p50, time.p50());
      p99 = Math.max(p99, time.p99());
      row.holds(outcome.clean() && time.p99() <= BUDGET_MILLIS)
          .figure(phase.getKey(), time)
          .note(
              "%s: p50 %.1f, p99 %.1f, at most %.1f ms; %,d pages whole, %d not %s",
              phase.getKey(),
              time.p50(),
              time.p99(),
              time.max(),
              outcome.answered(),
              outcome.bad() + outcome.unsent(),
              outcome.fault());
    }
    return row.ours("worst p50 %.1f, p99 %.1f ms", p50, p99)
        .note("%.0f pages/s; three slots of six go by the model", RATE);
  }
}
