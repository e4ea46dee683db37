package io.marquetry.ingest;

import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.List;

/**
 * Takes events over HTTP, in every dialect we speak.
 *
 * <p>Answers 2xx only once the events are durable and applied; anything else says whether the
 * sender should mend its event, its key, its size, or only wait.
 */
public final class BeaconRoutes implements Routes {
  private final Intake intake;
  private final Vertx vertx;
  private final DialectConfig config;
  private final List<DialectRoutes> dialects;

  public BeaconRoutes(Vertx vertx, ComponentContext component) {
    this.vertx = vertx;
    config = DialectConfig.of(component.topology());
    intake = new Intake(vertx, component);
    dialects =
        List.of(
            new SegmentRoutes(intake),
            new RudderRoutes(intake),
            new JitsuRoutes(intake, false),
            new JitsuRoutes(intake, true),
            new SnowplowRoutes(intake, config.snowplowPaths()),
            new LinkRoutes(vertx, intake));
  }

  @Override
  public Future<Void> mount(Router router) {
    dialects.forEach(dialect -> dialect.mount(router));
    return HookFiles.load(vertx, config)
        .onSuccess(hooks -> new HookRoutes(intake, hooks).mount(router))
        .compose(mounted -> intake.catalogue().start());
  }

  @Override
  public Future<Void> close() {
    return intake.catalogue().close();
  }
}
