package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.LogSettings;
import io.marquetry.platform.Places;
import io.marquetry.platform.Proxies;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.marquetry.testkit.SiteKeys;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Vertx with our bus, a catalogue of two sites, and what components are told. */
final class IngestRig implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  final Vertx vertx = Vertx.vertx();
  final Bus bus;

  IngestRig() {
    Bus.install(vertx);
    bus = Bus.of(vertx);
  }

  /** Waits like a patient person. */
  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came of it", e);
    }
  }

  /**
   * Serves a catalogue: the site {@code shop} takes a browser's word and has consent granted, with
   * the keys {@code shop-key} and {@code shop-server}; the site {@code shut} does neither, with
   * {@code shut-key} and the identity key {@code k1}.
   */
  void serveCatalogue() {
    var shop =
        Map.<String, Object>of(
            "identify",
            "trusted",
            "consentDefault",
            "granted",
            "origins",
            List.of("https://shop.example"));
    var catalogue =
        new Catalogue(
            "v1",
            1,
            List.of(
                new Definition(Kind.SITE, "shop", 1, shop),
                new Definition(Kind.SITE, "shut", 1, Map.of())),
            List.of(
                SiteKeys.write("shop-key", "shop"),
                SiteKeys.server("shop-server", "shop"),
                SiteKeys.write("shut-key", "shut"),
                SiteKeys.server("shut-server", "shut"),
                new WriteKey("k1", "shut", "identity")));
    await(bus.serve(Addresses.CATALOGUE, asked -> Future.succeededFuture(catalogue)));
  }

  /** What a component is told, with these instances running. */
  static ComponentContext context(
      String component,
      Map<String, Object> config,
      Map<String, Integer> instances,
      PgConnectOptions database,
      int port) {
    return context(component, config, instances, database, port, LogSettings.POSTGRES);
  }

  static ComponentContext context(
      String component,
      Map<String, Object> config,
      Map<String, Integer> instances,
      PgConnectOptions database,
      int port,
      LogSettings log) {
    var placements = new ArrayList<Placement>();
    instances.forEach(
        (name, n) -> placements.add(new Placement(name, n, ThreadingModel.EVENT_LOOP, Map.of())));
    return new ComponentContext(
        component,
        0,
        1,
        config,
        new ServerSettings(
            "127.0.0.1",
            port,
            Path.of("target"),
            false,
            "",
            "test",
            Proxies.LOCAL,
            Places.local(),
            log),
        new Topology(1, placements),
        database,
        new Secrets(SECRET, SECRET),
        InstantSource.fixed(NOW));
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
