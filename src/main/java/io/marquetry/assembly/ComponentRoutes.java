package io.marquetry.assembly;

import io.marquetry.assembly.PageDecisions.Decision;
import io.marquetry.assembly.PageDecisions.Question;
import io.marquetry.assembly.Surrogate.Handed;
import io.marquetry.assembly.core.Chunks;
import io.marquetry.assembly.core.PageSet;
import io.marquetry.assembly.core.PlacedSlot;
import io.marquetry.assembly.core.ShownVariant;
import io.marquetry.content.Keys;
import io.marquetry.content.Slot;
import io.marquetry.platform.Answers;
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
import org.jspecify.annotations.Nullable;

/**
 * Components one at a time, for pages that others put together: ESI includes of a cache in front,
 * podlets of a Podium layout.
 *
 * <p>What everybody is shown may be kept and names its content; what is decided for a visitor is
 * nobody's to keep. Which of the two a component is depends on its definition alone, so that an
 * address never changes between the two from one visitor to the next.
 */
final class ComponentRoutes {
  static final String PATH = "/mq/components";

  /** A podlet's name has at least two characters, a component's key may have one. */
  private static final int SHORTEST_NAME = 2;

  private final PageDecisions decisions;
  private final Supplier<Published> published;
  private final UnaryOperator<String> sites;
  private final String path;
  private final Tally<Handed> handed;
  private final String shareable;

  /**
   * @param sites the site meant by what a request says
   * @param path of components as found from outside, without a key
   */
  ComponentRoutes(
      PageDecisions decisions,
      Supplier<Published> published,
      UnaryOperator<String> sites,
      String path,
      Tally<Handed> handed,
      int fragmentSeconds) {
    this.decisions = decisions;
    this.published = published;
    this.sites = sites;
    this.path = path;
    this.handed = handed;
    shareable = "public, max-age=" + fragmentSeconds;
  }

  void mount(Router router) {
    router.get(PATH + "/:component").handler(this::component);
    router.get(PATH + "/:component/fallback").handler(this::fallback);
    router.get(PATH + "/:component/manifest.json").handler(this::manifest);
  }

  private PageSet pages() {
    return published.get().pages();
  }

  /** The key in the path; empty, and answered, where there is no such component. */
  private String key(RoutingContext context) {
    var key = context.pathParam("component");
    if (Keys.isKey(key) && pages().hasComponent(key)) {
      return key;
    }
    Answers.error(context, 404, "not_found", "there is no such component");
    return "";
  }

  /** The slot that is asked for; null for the component alone. */
  private @Nullable PlacedSlot placed(RoutingContext context, String key) {
    return PlacedSlot.find(pages(), key, context.request().getParam("slot", ""));
  }

  private void component(RoutingContext context) {
    var key = key(context);
    if (key.isEmpty()) {
      return;
    }
    var placed = placed(context, key);
    var everywhere = pages().shared(key);
    if (everywhere != null) {
      handed.count(Handed.SHARED);
      share(context, key, placed, everywhere);
      return;
    }
    var request = context.request();
    var site = placed == null ? sites.apply(request.getParam("site", "")) : placed.page().site();
    var page = placed == null ? "" : placed.page().key();
    var question = new Question(site, page, url(request, placed), List.of(key));
    decisions
        .decideForOthers(request, question)
        .onSuccess(decision -> show(context, key, placed, decision));
  }

  /** Address of the page that is put together, as far as it is known. */
  private String url(HttpServerRequest request, @Nullable PlacedSlot placed) {
    var told = request.getHeader(Surrogate.PAGE);
    if (told != null && told.startsWith("/")) {
      return base(request) + told;
    }
    return placed == null
        ? request.absoluteURI()
        : base(request) + placed.page().path().replaceFirst("\\*$", "");
  }

  private void show(
      RoutingContext context, String key, @Nullable PlacedSlot placed, Decision decision) {
    var decided = decision.decided();
    var slot = placed == null ? Slot.of(key) : placed.slot();
    var chunks = new Chunks();
    var assembler = published.get().assembler();
    boolean shown =
        decided == null
            ? assembler.renderUndecided(slot, false, chunks)
            : assembler.render(
                slot,
                decided.choices().getFirst(),
                decided,
                Slot.decision(decided.decision().toString()),
                chunks);
    if (!shown && placed == null) {
      Answers.error(context, 404, "not_found", "this component has nothing to show");
      return;
    }
    handed.count(Handed.PERSONAL);
    version(context);
    PageAnswers.end(context.request(), chunks);
  }

  /** What is shown where we could not be reached in time: what is the same for everybody. */
  private void fallback(RoutingContext context) {
    var key = key(context);
    if (key.isEmpty()) {
      return;
    }
    handed.count(Handed.FALLBACK);
    var everywhere = pages().shared(key);
    share(
        context,
        key,
        placed(context, key),
        everywhere != null ? everywhere : pages().lastResort(key));
  }

  /**
   * Answers what may be kept.
   *
   * @param variant null where the slot keeps its own markup
   */
  private void share(
      RoutingContext context,
      String key,
      @Nullable PlacedSlot placed,
      @Nullable ShownVariant variant) {
    var slot = placed == null ? Slot.of(key) : placed.slot();
    var chunks = new Chunks();
    if (variant != null) {
      slot.renderShared(variant.head(), variant.content(), chunks);
    } else if (placed != null) {
      slot.renderSharedDefault(chunks);
    }
    var hash = new CRC32();
    hash.update(chunks.join());
    var tag = "\"%08x\"".formatted(hash.getValue());
    version(context);
    Surrogate.keys(context.response(), key);
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
    context.response().putHeader("podlet-version", pages().version());
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
    var address = base + path + key;
    var manifest = new LinkedHashMap<String, Object>();
    manifest.put("name", key.length() < SHORTEST_NAME ? "mq-" + key : key);
    manifest.put("version", pages().version());
    manifest.put("content", address + query);
    manifest.put("fallback", address + "/fallback");
    var css = published.get().stylesheet();
    if (!css.isEmpty()) {
      manifest.put(
          "css", List.of(Map.of("value", base + css, "type", "text/css", "rel", "stylesheet")));
    }
    Answers.json(context, 200, manifest);
  }
}
