package io.marquetry.follow;

import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What components are told in tests. */
public final class Contexts {
  private Contexts() {}

  /** A component among others, all once but for segmentation and decisioning, which run twice. */
  public static ComponentContext of(
      String component, Map<String, Object> config, PgConnectOptions database, List<String> all) {
    var placements =
        all.stream()
            .map(
                name ->
                    new Placement(
                        name,
                        name.equals("segmentation") || name.equals("decisioning") ? 2 : 1,
                        ThreadingModel.EVENT_LOOP,
                        Map.of()))
            .toList();
    return new ComponentContext(
        component,
        0,
        1,
        config,
        new ServerSettings("127.0.0.1", 0, Path.of("target"), false, "", "test"),
        new Topology(0, placements),
        database,
        new Secrets(new byte[32], new byte[32]),
        InstantSource.system());
  }

  /** The result, or the failure, or an end to the test. */
  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
