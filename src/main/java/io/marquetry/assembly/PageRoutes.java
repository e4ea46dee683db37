package io.marquetry.assembly;

import io.marquetry.assembly.PageDecisions.Decision;
import io.marquetry.assembly.core.Chunks;
import io.marquetry.assembly.core.Page;
import io.marquetry.assembly.core.PageSet;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.follow.CatalogueView;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.PreviewLinks;
import io.marquetry.platform.PublicPaths;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Serves pages: every path that nothing else takes.
 *
 * <p>Two questions a page: whose it is, and what its slots show. Neither may hold the page up
 * beyond its deadline, and neither's failure is the visitor's: the page then leaves as it stands.
 */
public final class PageRoutes implements Routes {
  private static final String STYLES = "/mq/variants.css";

  private final CatalogueView catalogue;
  private final PageDecisions decisions;
  private final AssemblyConfig config;
  private final OriginPages origins;
  private final PreviewLinks previews;
  private final InstantSource clock;
  private final ComponentRoutes components;
  private final String styles;
  private final String fragments;
  private final Surrogate surrogate;
  private final Tally<Surrogate.Handed> handed;
  private Published published = Published.NOTHING;
  private long unpersonalized;

  public PageRoutes(Vertx vertx, ComponentContext component) {
    catalogue = new CatalogueView(vertx).onChange(this::take);
    decisions = new PageDecisions(vertx, component, catalogue);
    config = AssemblyConfig.of(component.topology());
    origins = new OriginPages(vertx, component, config, decisions, () -> published.assembler());
    previews = new PreviewLinks(component.secrets().cookies());
    clock = component.clock();
    var paths = PublicPaths.of(component.topology());
    styles = paths.outside(STYLES);
    fragments = paths.outside(ComponentRoutes.PATH) + "/";
    surrogate = new Surrogate(component.server().proxies(), config.fragmentSeconds());
    handed =
        new Tally<>(
            Surrogate.Handed.class,
            "marquetry.handed",
            "to caches and layouts that put pages together",
            "kind",
            component.instance());
    components =
        new ComponentRoutes(
            decisions, () -> published, this::site, fragments, handed, config.fragmentSeconds());
  }

  @Override
  public Future<Void> mount(Router router) {
    router.get(STYLES).handler(this::styles);
    components.mount(router);
    router.route().handler(this::page);
    return catalogue.start();
  }

  @Override
  public Future<Void> close() {
    return catalogue.close().eventually(origins::close);
  }

  private void take(Catalogue newest) {
    var pages = PageSet.compile(newest, published.pages());
    published = Published.of(pages, styles, fragments);
  }

  private void styles(RoutingContext context) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/css; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable")
        .end(published.pages().css());
  }

  private void page(RoutingContext context) {
    var request = context.request();
    var page = find(context.normalizedPath());
    if (page == null) {
      if (reads(request)) {
        PageAnswers.problem(request, 404, "Not found", "There is no page at this address.");
      } else {
        context.next();
      }
      return;
    }
    var query = request.query();
    if (query == null || !query.contains(PreviewLinks.PARAMETER + "=")) {
      if (page instanceof Page.Own own && reads(request) && surrogate.assembles(request)) {
        sendFrame(request, own);
        return;
      }
      serve(
          context,
          page,
          components -> decisions.decide(request, page.site(), page.key(), components));
      return;
    }
    var preview = previews.verify(request.getParam(PreviewLinks.PARAMETER), clock.millis());
    if (preview == null || !preview.page().equals(page.key()) || !reads(request)) {
      PageAnswers.problem(
          request, 403, "No preview", "This link is not valid here, or not any more.");
      return;
    }
    request.response().putHeader("X-Robots-Tag", "noindex");
    serve(
        context,
        page,
        components -> decisions.preview(request, page.site(), page.key(), components, preview));
  }

  private void serve(RoutingContext context, Page page, OriginPages.Decider decider) {
    var request = context.request();
    switch (page) {
      case Page.Proxied proxied -> origins.serve(request, proxied, decider);
      case Page.Own own when reads(request) ->
          decider.decide(own.components()).onSuccess(decision -> send(request, own, decision));
      case Page.Own _ -> context.fail(405);
    }
  }

  private static boolean reads(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  /** The page defined for a path, else the configured site behind all of them. */
  private @Nullable Page find(String path) {
    var page = published.pages().page(path);
    var origin = config.origin();
    return page != null || origin == null
        ? page
        : new Page.Proxied("", site(config.site()), "/*", origin);
  }

  private String site(String wanted) {
    return wanted.isEmpty()
        ? catalogue.sites().keySet().stream().sorted().findFirst().orElse("")
        : wanted;
  }

  private void sendFrame(HttpServerRequest request, Page.Own page) {
    var frame = new Chunks();
    published.frame().write(page, frame);
    handed.count(Surrogate.Handed.FRAME);
    surrogate.frame(request, page, frame);
  }

  private void send(HttpServerRequest request, Page.Own page, Decision decision) {
    long begun = System.nanoTime();
    var chunks = new Chunks();
    int shown = published.assembler().assemble(page, decision.decided(), chunks);
    unpersonalized += shown == 0 && !page.components().isEmpty() ? 1 : 0;
    var headers = request.response().headers();
    headers.set(
        PageAnswers.TIMING,
        PageAnswers.timing(decision)
            + ", assemble;dur="
            + PageAnswers.millis(System.nanoTime() - begun));
    if (decision.newDevice() != null) {
      headers.set(
          HttpHeaders.SET_COOKIE, decisions.cookie(request, page.site(), decision.newDevice()));
    }
    PageAnswers.end(request, chunks);
  }

  /** Pages that left without any variant since the start. */
  long unpersonalized() {
    return unpersonalized;
  }
}
