package io.marquetry.assembly;

import io.marquetry.assembly.PageDecisions.Decision;
import io.marquetry.assembly.core.Assembler;
import io.marquetry.assembly.core.Chunks;
import io.marquetry.assembly.core.PageSet;
import io.marquetry.content.Keys;
import io.marquetry.content.Slot;
import io.marquetry.platform.Answers;
import io.marquetry.platform.PublicPaths;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

/**
 * Components one at a time, for pages that others put together: ESI includes of a cache in front,
 * podlets of a Podium layout.
 *
 * <p>What everybody is shown may be kept and names its content; what is decided for a visitor is
 * nobody's to keep. Which of the two a component is depends on its definition alone, so that an
 * address never changes between the two from one visitor to the next.
 */
final class ComponentRoutes {
  private static final String PATH = "/mq/components/";

  /** A podlet's name has at least two characters, a component's key may have one. */
  private static final int SHORTEST_NAME = 2;

  private final PageDecisions decisions;
  private final Supplier<PageSet> pages;
  private final Supplier<Assembler> assembler;
  private final UnaryOperator<String> sites;
  private final PublicPaths paths;
  private final Supplier<String> styles;
  private final String shareable;

  /**
   * @param sites the site meant by what a request says
   * @param styles address of the stylesheet of all variants
   */
  ComponentRoutes(
      PageDecisions decisions,
      Supplier<PageSet> pages,
      Supplier<Assembler> assembler,
      UnaryOperator<String> sites,
      PublicPaths paths,
      Supplier<String> styles,
      int fragmentSeconds) {
    this.decisions = decisions;
    this.pages = pages;
    this.assembler = assembler;
    this.sites = sites;
    this.paths = paths;
    this.styles = styles;
    shareable = "public, max-age=" + fragmentSeconds;
  }

  void mount(Router router) {
    router.get(PATH + ":component").handler(this::component);
    router.get(PATH + ":component/fallback").handler(this::fallback);
    router.get(PATH + ":component/manifest.json").handler(this::manifest);
  }

  /** The key in the path; empty, and answered, where there is no such component. */
  private String key(RoutingContext context) {
    var key = context.pathParam("component");
    if (Keys.isKey(key) && pages.get().hasComponent(key)) {
      return key;
    }
    Answers.error(context, 404, "not_found", "there is no such component");
    return "";
  }

  private void component(RoutingContext context) {
    var key = key(context);
    if (key.isEmpty()) {
      return;
    }
    if (pages.get().shared(key) != null) {
      share(context, key);
      return;
    }
    var site = sites.apply(context.request().getParam("site", ""));
    decisions
        .decide(context.request(), site, "", List.of(key))
        .onSuccess(decision -> show(context, key, decision));
  }

  private void show(RoutingContext context, String key, Decision decision) {
    var decided = decision.decided();
    var chunks = new Chunks();
    boolean shown =
        decided != null
            && assembler
                .get()
                .render(
                    Slot.of(key),
                    decided.choices().getFirst(),
                    decided,
                    Slot.decision(decided.decision().toString()),
                    chunks);
    if (shown) {
      version(context);
      PageAnswers.end(context.request(), chunks);
    } else {
      Answers.error(context, 404, "not_found", "this component has nothing to show");
    }
  }

  /** What a layout shows when it could not reach us in time: what is the same for everybody. */
  private void fallback(RoutingContext context) {
    var key = key(context);
    if (key.isEmpty()) {
      return;
    }
    if (pages.get().lastResort(key) == null) {
      version(context);
      context.response().putHeader(HttpHeaders.CONTENT_TYPE, PageAnswers.HTML).end();
    } else {
      share(context, key);
    }
  }

  private void share(RoutingContext context, String key) {
    var set = pages.get();
    var variant = set.shared(key);
    variant = variant == null ? set.lastResort(key) : variant;
    if (variant == null) {
      Answers.error(context, 404, "not_found", "this component has nothing to show");
      return;
    }
    var chunks = new Chunks();
    Slot.of(key).renderShared(variant.head(), variant.content(), chunks);
    var hash = new CRC32();
    hash.update(chunks.join());
    var tag = "\"%08x\"".formatted(hash.getValue());
    version(context);
    context
        .response()
        .putHeader(HttpHeaders.CACHE_CONTROL, shareable)
        .putHeader(HttpHeaders.ETAG, tag);
    if (tag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
      context.response().setStatusCode(304).end();
    } else {
      PageAnswers.endShared(context.request(), chunks);
    }
  }

  /** By which a layout learns that it has to read the manifest again. */
  private void version(RoutingContext context) {
    context.response().putHeader("podlet-version", pages.get().version());
  }

  /** This server as whoever asks reaches it. */
  private String base(HttpServerRequest request) {
    var host = request.getHeader(HttpHeaders.HOST);
    return (decisions.isSecure(request) ? "https://" : "http://")
        + (host == null ? "localhost" : host);
  }

  private void manifest(RoutingContext context) {
    var key = key(context);
    if (key.isEmpty()) {
      return;
    }
    var site = context.request().getParam("site", "");
    var query = Keys.isKey(site) ? "?site=" + site : "";
    // A layout joins what is relative to the manifest's own path, so addresses are whole.
    var base = base(context.request());
    var address = base + paths.outside(PATH + key);
    var manifest = new LinkedHashMap<String, Object>();
    manifest.put("name", key.length() < SHORTEST_NAME ? "mq-" + key : key);
    manifest.put("version", pages.get().version());
    manifest.put("content", address + query);
    manifest.put("fallback", address + "/fallback");
    var css = styles.get();
    if (!css.isEmpty()) {
      manifest.put(
          "css", List.of(Map.of("value", base + css, "type", "text/css", "rel", "stylesheet")));
    }
    Answers.json(context, 200, manifest);
  }
}
