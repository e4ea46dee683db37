package io.marquetry.catalogue;

import io.marquetry.bus.Bus;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.marquetry.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Vertx with our bus, and what components are told when they are made. */
public final class CatalogueRig implements AutoCloseable {
  private static final byte[] SECRET = new byte[32];

  public final Vertx vertx;
  public final Bus bus;
  public final Database database;
  private final InstantSource clock;

  public CatalogueRig(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    this.vertx = Vertx.vertx();
    Bus.install(vertx);
    this.bus = Bus.of(vertx);
  }

  /** Waits like a patient person. */
  public static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came of it", e);
    }
  }

  /** A topology of these components, with how many instances run of each. */
  public static Topology topology(Map<String, Integer> components) {
    var placements = new ArrayList<Placement>();
    components.forEach(
        (component, instances) ->
            placements.add(
                new Placement(component, instances, ThreadingModel.EVENT_LOOP, Map.of())));
    return new Topology(1, placements);
  }

  /** What a component is told. */
  public ComponentContext context(
      String component, Map<String, Object> config, Topology topology, ServerSettings server) {
    return new ComponentContext(
        component,
        0,
        1,
        config,
        server,
        topology,
        database.connectOptions(),
        new Secrets(SECRET, SECRET),
        clock);
  }

  /** Settings of a server without a demonstration. */
  public static ServerSettings server(String adminPassword) {
    return new ServerSettings("127.0.0.1", 0, Path.of("target"), false, adminPassword, "test");
  }

  /** Deploys a catalogue among these components; answers what undeploys it. */
  public String catalogue(Map<String, Object> config, Map<String, Integer> components) {
    var context = context("catalogue", config, topology(components), server(""));
    return await(vertx.deployVerticle(new CatalogueVerticle(context)));
  }

  /** Waits for all, in the order given. */
  public static <T> List<T> awaitAll(List<Future<T>> futures) {
    return futures.stream().map(CatalogueRig::await).toList();
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
