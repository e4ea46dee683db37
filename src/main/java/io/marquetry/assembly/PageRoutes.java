package io.marquetry.assembly;

import io.marquetry.assembly.core.Assembler;
import io.marquetry.assembly.core.Chunks;
import io.marquetry.assembly.core.Page;
import io.marquetry.assembly.core.PageSet;
import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.content.Slot;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.SitePages;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Enrichers;
import io.marquetry.platform.Places;
import io.marquetry.platform.PublicPaths;
import io.marquetry.platform.RequestContext;
import io.marquetry.platform.Routes;
import io.marquetry.platform.VisitorCookie;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Serves pages: every path that nothing else takes.
 *
 * <p>Two questions a page: whose it is, and what its slots show. Neither may hold the page up
 * beyond its deadline, and neither's failure is the visitor's: the page then leaves as it stands.
 */
public final class PageRoutes implements Routes {
  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("private, no-store");
  private static final CharSequence COOKIE = HttpHeaders.createOptimized("Cookie");
  private static final CharSequence TIMING = HttpHeaders.createOptimized("Server-Timing");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
  private static final CharSequence POLICY_TEXT =
      HttpHeaders.createOptimized(
          "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none';"
              + " frame-ancestors 'self'; form-action 'self'");
  private static final String STYLES = "/mq/variants.css";

  private final Bus bus;
  private final CatalogueView catalogue;
  private final VisitorCookie cookies;
  private final Ids ids;
  private final SecureRandom random = new SecureRandom();
  private final int deciders;
  private final String styles;
  private final RequestContext requests;
  private final Places places;
  private PageSet pages = PageSet.EMPTY;
  private Assembler assembler = new Assembler(PageSet.EMPTY, new byte[0]);
  private long unpersonalized;

  /** What became of the two questions, and how long they took in nanoseconds. */
  private record Decision(
      @Nullable Decided decided, @Nullable String newDevice, long resolveNanos, long decideNanos) {}

  public PageRoutes(Vertx vertx, ComponentContext component) {
    bus = Bus.of(vertx);
    var enricher = Enrichers.make(vertx, "decide");
    requests = new RequestContext(enricher);
    places = component.server().places();
    catalogue =
        new CatalogueView(vertx)
            .onChange(this::take)
            .onChange(newer -> enricher.define(SitePages.all(newer)));
    cookies = new VisitorCookie(component.secrets().cookies());
    ids = new Ids(component.secrets().ids());
    deciders = component.topology().instances("decisioning");
    styles = PublicPaths.of(component.topology()).outside(STYLES);
  }

  @Override
  public Future<Void> mount(Router router) {
    router.get(STYLES).handler(this::styles);
    router.get("/mq/components/:component").handler(this::oneComponent);
    router.route().method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::page);
    return catalogue.start();
  }

  @Override
  public Future<Void> close() {
    return catalogue.close();
  }

  private void take(Catalogue newest) {
    pages = PageSet.compile(newest, pages);
    assembler = new Assembler(pages, headEnd(pages.css()));
  }

  /** A page links the styles of variants under a name that changes with them. */
  private byte[] headEnd(String css) {
    if (css.isEmpty()) {
      return new byte[0];
    }
    var hash = new CRC32();
    hash.update(css.getBytes(StandardCharsets.UTF_8));
    return "<link rel=\"stylesheet\" href=\"%s?v=%08x\">"
        .formatted(styles, hash.getValue())
        .getBytes(StandardCharsets.UTF_8);
  }

  private void styles(RoutingContext context) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/css; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable")
        .end(pages.css());
  }

  private void page(RoutingContext context) {
    var page = pages.page(context.normalizedPath());
    if (page == null) {
      notFound(context);
      return;
    }
    decide(context.request(), page.site(), page.key(), page.components())
        .onComplete(decision -> send(context, page, decision.result()));
  }

  /** One component alone, for pages that others put together. */
  private void oneComponent(RoutingContext context) {
    var key = context.pathParam("component");
    var site = catalogue.sites().keySet().stream().sorted().findFirst().orElse("");
    var wanted = context.request().getParam("site", site);
    if (!io.marquetry.content.Keys.isKey(key)) {
      Answers.error(context, 404, "not_found", "there is no such component");
      return;
    }
    decide(context.request(), wanted, "", List.of(key))
        .onComplete(
            decision -> {
              var decided = decision.result().decided();
              var chunks = new Chunks();
              boolean shown =
                  decided != null
                      && assembler.render(
                          Slot.of(key),
                          decided.choices().getFirst(),
                          decided,
                          Slot.decision(decided.decision().toString()),
                          chunks);
              if (!shown) {
                Answers.error(context, 404, "not_found", "this component has nothing to show");
                return;
              }
              end(context, chunks);
            });
  }

  /** Never fails: what cannot be known is left out. */
  private Future<Decision> decide(
      HttpServerRequest request, String site, String page, List<String> components) {
    long begun = System.nanoTime();
    var known = cookies.device(request, site);
    var minted = known == null ? mint(site) : null;
    var device = known != null ? known : minted;
    return resolve(request, site, device)
        .compose(
            visitor -> {
              long resolved = System.nanoTime();
              var keep = mayStore(visitor) ? minted : null;
              return ask(request, site, page, components, visitor)
                  .map(
                      decided ->
                          new Decision(
                              decided, keep, resolved - begun, System.nanoTime() - resolved))
                  .otherwise(
                      new Decision(null, keep, resolved - begun, System.nanoTime() - resolved));
            });
  }

  /** A newcomer gets an id only where the site's default allows one to be kept. */
  private @Nullable String mint(String site) {
    var rules = catalogue.site(site);
    boolean allowed = rules != null && rules.defaults().allows(Purpose.ANALYTICS);
    return allowed ? VisitorCookie.mint(random) : null;
  }

  private static boolean mayStore(VisitorRef visitor) {
    return visitor.purposes().allows(Purpose.ANALYTICS);
  }

  private Future<VisitorRef> resolve(
      HttpServerRequest request, String site, @Nullable String device) {
    if (device == null) {
      return Future.succeededFuture(VisitorRef.UNKNOWN);
    }
    var question = new Resolve(site, ids.device(site, device), null, Caller.optsOut(request));
    return bus.ask(Addresses.RESOLVE, question).otherwise(VisitorRef.UNKNOWN);
  }

  private Future<Decided> ask(
      HttpServerRequest request,
      String site,
      String page,
      List<String> components,
      VisitorRef visitor) {
    if (components.isEmpty() || deciders == 0) {
      return Future.failedFuture("nothing to decide, or nobody to do it");
    }
    var profile = visitor.profile();
    int owner = profile == null ? 0 : Shards.owner(profile, deciders);
    var question = new Decide(site, visitor, context(request, site), page, components, false);
    return bus.ask(Addresses.DECIDE.to(owner), question);
  }

  private Map<String, Object> context(HttpServerRequest request, String site) {
    var place = places.of(request);
    Map<String, Object> stated =
        place.country().isEmpty()
            ? Map.of()
            : Map.of("geo", Map.of("country", place.country(), "region", place.region()));
    return requests.of(
        site,
        request.absoluteURI(),
        header(request, HttpHeaders.REFERER),
        header(request, HttpHeaders.USER_AGENT),
        stated);
  }

  private static String header(HttpServerRequest request, CharSequence name) {
    var value = request.getHeader(name);
    return value == null ? "" : value;
  }

  private void send(RoutingContext context, Page page, Decision decision) {
    long begun = System.nanoTime();
    var chunks = new Chunks();
    int shown = assembler.assemble(page, decision.decided(), chunks);
    unpersonalized += shown == 0 && !page.components().isEmpty() ? 1 : 0;
    var headers = context.response().headers();
    headers.set(TIMING, timing(decision, System.nanoTime() - begun));
    if (decision.newDevice() != null) {
      var value = cookies.sign(page.site(), decision.newDevice());
      headers.set(
          HttpHeaders.SET_COOKIE,
          VisitorCookie.set(value, VisitorCookie.isSecure(context.request())));
    }
    end(context, chunks);
  }

  /** Pages that left without any variant since the start. */
  long unpersonalized() {
    return unpersonalized;
  }

  private static String timing(Decision decision, long assembleNanos) {
    return "resolve;dur=%s, decide;dur=%s, assemble;dur=%s"
        .formatted(
            millis(decision.resolveNanos()), millis(decision.decideNanos()), millis(assembleNanos));
  }

  private static String millis(long nanos) {
    return Double.toString(Math.round(nanos / 1e3) / 1e3);
  }

  private static void end(RoutingContext context, Chunks chunks) {
    var response = context.response();
    response
        .headers()
        .set(HttpHeaders.CONTENT_TYPE, HTML)
        .set(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .set(HttpHeaders.VARY, COOKIE)
        .set(POLICY, POLICY_TEXT)
        .set("X-Content-Type-Options", "nosniff")
        .set("Referrer-Policy", "strict-origin-when-cross-origin")
        .set(HttpHeaders.CONTENT_LENGTH, Integer.toString(chunks.length()));
    if (HttpMethod.HEAD.equals(context.request().method())) {
      response.end();
    } else {
      // One buffer over all chunks: nothing is copied before the socket.
      response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(chunks.toArray())));
    }
  }

  private static void notFound(RoutingContext context) {
    context
        .response()
        .setStatusCode(404)
        .putHeader(HttpHeaders.CONTENT_TYPE, HTML)
        .end(
            "<!doctype html><html lang=\"en\"><title>Not found</title>"
                + "<h1>Not found</h1><p>There is no page at this address.</p></html>");
  }
}
