package io.marquetry.assembly;

import io.marquetry.assembly.core.Chunks;
import io.marquetry.assembly.core.PageSet;
import io.marquetry.bus.Addresses;
import io.marquetry.bus.AssemblyMessage.Render;
import io.marquetry.bus.AssemblyMessage.Rendered;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.content.Bindings;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.platform.ComponentContext;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows variants to those who make them; pages are served by {@link PageRoutes}. */
public final class AssemblyVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AssemblyVerticle.class);

  private final ComponentContext component;
  private PageSet pages = PageSet.EMPTY;

  public AssemblyVerticle(ComponentContext component) {
    this.component = component;
  }

  @Override
  public Future<?> start() {
    var unused = AssemblyConfig.read(component.settings());
    var bus = Bus.of(vertx);
    int me = component.instance();
    return new CatalogueFollower(bus, "assembly", me, this::take)
        .start()
        .compose(
            ready ->
                Future.all(
                    List.of(
                        bus.serve(Addresses.RENDER, this::render),
                        // Nothing about a visitor outlives the answer to their request here.
                        bus.serve(
                            Addresses.applyConsent("assembly").to(me),
                            record -> Future.succeededFuture(Done.DONE)),
                        bus.serve(
                            Addresses.ping("assembly").to(me),
                            ping -> Future.succeededFuture(pong())))));
  }

  private Future<Void> take(Catalogue catalogue) {
    pages = PageSet.compile(catalogue, pages);
    pages.faults().forEach(fault -> LOG.error("cannot be shown: {}", fault));
    return Future.succeededFuture();
  }

  private Pong pong() {
    var state =
        pages.faults().isEmpty()
            ? "ready"
            : "degraded: %d definitions cannot be shown".formatted(pages.faults().size());
    return new Pong("assembly", component.instance(), state, 0);
  }

  private Future<Rendered> render(Render render) {
    var variant = pages.variant(render.component(), render.variant());
    if (variant == null) {
      return Future.failedFuture(
          new Refused(
              Refused.Reason.NOT_FOUND,
              "variant",
              "%s has no variant %s".formatted(render.component(), render.variant())));
    }
    Bindings live = path -> render.live().get(path);
    var chunks = new Chunks();
    variant.content().render(live, chunks);
    return Future.succeededFuture(
        new Rendered(
            new String(chunks.join(), StandardCharsets.UTF_8), variant.content().content(live)));
  }
}
