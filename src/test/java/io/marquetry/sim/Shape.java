package io.marquetry.sim;

import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.vertx.core.ThreadingModel;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** How a simulated installation is set up: how many of what, with which settings. */
final class Shape {
  static final byte[] SECRET = new byte[32];

  private final int segmentations;
  private final int decisionings;
  private final long sessionTimeout;
  private final Map<String, Object> identity;
  private final Map<String, Object> segmentation;
  private final Map<String, Object> ingest;

  Shape(SplittableRandom chance) {
    segmentations = 1 + chance.nextInt(3);
    decisionings = 1 + chance.nextInt(2);
    sessionTimeout = List.of(10_000L, 30_000L, 120_000L).get(chance.nextInt(3));
    identity = Map.of("flushEvery", "PT%dS".formatted(1 + chance.nextInt(4)));
    segmentation =
        Map.of(
            "flushEvery",
            "PT%dS".formatted(1 + chance.nextInt(6)),
            "sessionTimeout",
            "PT%dS".formatted(sessionTimeout / 1_000));
    ingest = Map.of("maxBatchEvents", List.of(1, 3, 500).get(chance.nextInt(3)));
  }

  int segmentations() {
    return segmentations;
  }

  int decisionings() {
    return decisionings;
  }

  /** Milliseconds of silence that end a visit. */
  long sessionTimeout() {
    return sessionTimeout;
  }

  /** The components in order of start, each with its settings. */
  List<Placement> placements() {
    return List.of(
        placement("consent", 1, Map.of()),
        placement("identity", 1, identity),
        placement("segmentation", segmentations, segmentation),
        placement("decisioning", decisionings, Map.of("logEveryMillis", 5_000)),
        placement("ingest", 1, ingest));
  }

  private static Placement placement(String component, int n, Map<String, Object> config) {
    return new Placement(component, n, ThreadingModel.EVENT_LOOP, config);
  }

  ComponentContext context(World world, Placement placement, int instance) {
    return new ComponentContext(
        placement.component(),
        instance,
        placement.instances(),
        placement.config(),
        new ServerSettings("127.0.0.1", 0, Path.of("target"), false, "", "test"),
        new Topology(1, placements()),
        new PgConnectOptions(),
        new Secrets(SECRET, SECRET),
        () -> Instant.ofEpochMilli(world.millis()),
        () -> world.now() * 1_000);
  }
}
