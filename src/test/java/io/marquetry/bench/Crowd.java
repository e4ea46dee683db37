package io.marquetry.bench;

import io.marquetry.kit.Id128;
import io.marquetry.testkit.CopiedProfiles;
import io.marquetry.testkit.Until;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Some visitors who did something, and as many more as one likes, copied from them inside the
 * database: sending their events would take hours.
 */
final class Crowd {
  static final int ORIGINALS = 300;
  private static final int EVENTS = 8;

  private final MeasuredServer server;
  private final List<String> originals;

  private Crowd(MeasuredServer server, List<String> originals) {
    this.server = server;
    this.originals = originals;
  }

  /**
   * Has the originals do something and waits until their profiles are stored.
   *
   * @param key write key of the shop
   */
  static Crowd of(MeasuredServer server, String key) {
    var originals = new ArrayList<String>();
    for (int n = 0; n < ORIGINALS; n++) {
      var batch = new JsonArray();
      for (int i = 0; i < EVENTS; i++) {
        batch.add(event("original-" + n, n * 31 + i * 7));
      }
      server.send("/v1/batch", key, new JsonObject().put("batch", batch).encode());
      originals.add("original-" + n);
    }
    awaitStored(server);
    return new Crowd(server, originals);
  }

  private static JsonObject event(String visitor, int lot) {
    return new JsonObject()
        .put("type", lot % 5 == 0 ? "identify" : "track")
        .put("event", "Product Viewed")
        .put("anonymousId", visitor)
        .put("traits", new JsonObject().put("plan", "plan" + lot % 8))
        .put("properties", new JsonObject().put("category", "cat" + lot % 10).put("price", 9.9))
        .put(
            "context",
            new JsonObject().put("page", new JsonObject().put("path", "/c/cat" + lot % 10)));
  }

  private static void awaitStored(MeasuredServer server) {
    var stored =
        "select coalesce(sum((convert_from(state, 'utf8')::json->>'events')::int), 0)::bigint"
            + " from profile";
    var status = server.call("system.status", Map.of()).getJsonObject("log");
    Until.until(
        "the originals are stored",
        Duration.ofMinutes(5),
        () -> server.count(stored) >= status.getLong("stored"));
  }

  /** Copies them. The server does not notice, and must be started anew. */
  void copy(int copies, IntFunction<String> names) {
    var profiles = new CopiedProfiles(server.data(), ShopCatalogue.SITE, names);
    List<Id128> ids = originals.stream().map(profiles::id).toList();
    try (var database = server.connect()) {
      profiles.make(database, ids, copies);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
