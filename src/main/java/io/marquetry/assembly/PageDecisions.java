package io.marquetry.assembly;

import io.marquetry.assembly.core.Previews;
import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.SitePages;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Enrichers;
import io.marquetry.platform.Places;
import io.marquetry.platform.PreviewLinks.Preview;
import io.marquetry.platform.Proxies;
import io.marquetry.platform.RequestContext;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two questions of a page: whose it is, and what its slots show. Neither's failure is the
 * visitor's: what cannot be known is left out.
 */
final class PageDecisions {
  private final Bus bus;
  private final CatalogueView catalogue;
  private final VisitorCookie cookies;
  private final Ids ids;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;
  private final int deciders;
  private final RequestContext requests;
  private final Places places;
  private final Proxies proxies;

  /**
   * What became of the two questions, and how long they took in nanoseconds.
   *
   * @param newDevice a newcomer's id that their browser may keep
   */
  record Decision(
      @Nullable Decided decided, @Nullable String newDevice, long resolveNanos, long decideNanos) {
    /** Nothing was asked. */
    static final Decision NONE = new Decision(null, null, 0, 0);
  }

  PageDecisions(Vertx vertx, ComponentContext component, CatalogueView catalogue) {
    bus = Bus.of(vertx);
    this.catalogue = catalogue;
    var enricher = Enrichers.make(vertx, "decide");
    requests = new RequestContext(enricher);
    places = component.server().places();
    proxies = component.server().proxies();
    catalogue.onChange(newer -> enricher.define(SitePages.all(newer)));
    cookies = new VisitorCookie(component.secrets().cookies());
    ids = new Ids(component.secrets().ids());
    clock = component.clock();
    deciders = component.topology().instances("decisioning");
  }

  /**
   * What is to be decided.
   *
   * @param page key of the page, empty for a component alone
   * @param url address of the page
   */
  record Question(String site, String page, String url, List<String> components) {
    Question {
      components = List.copyOf(components);
    }
  }

  /** Decides what stands on a page that is answered to whoever asks; never fails. */
  Future<Decision> decide(
      HttpServerRequest request, String site, String page, List<String> components) {
    var known = cookies.device(request, site);
    var minted = known == null ? mint(site) : null;
    var question = new Question(site, page, request.absoluteURI(), components);
    return decide(request, question, known != null ? known : minted, minted);
  }

  /**
   * Decides what others put into a page for whoever asks; never fails. Newcomers get no id: the
   * answer's headers do not reach them.
   */
  Future<Decision> decideForOthers(HttpServerRequest request, Question question) {
    return decide(request, question, cookies.device(request, question.site()), null);
  }

  private Future<Decision> decide(
      HttpServerRequest request,
      Question question,
      @Nullable String device,
      @Nullable String minted) {
    long begun = System.nanoTime();
    long since = clock.millis();
    return resolve(request, question.site(), device)
        .compose(
            visitor -> {
              long resolved = System.nanoTime();
              var keep = visitor.purposes().allows(Purpose.ANALYTICS) ? minted : null;
              return ask(request, question, visitor, since)
                  .map(
                      decided ->
                          new Decision(
                              decided, keep, resolved - begun, System.nanoTime() - resolved))
                  .otherwise(
                      new Decision(null, keep, resolved - begun, System.nanoTime() - resolved));
            });
  }

  /** Decides as a preview says; never fails, counts nothing, and shows what it is told to. */
  Future<Decision> preview(
      HttpServerRequest request,
      String site,
      String page,
      List<String> components,
      Preview preview) {
    long begun = System.nanoTime();
    if (components.isEmpty() || deciders == 0) {
      return Future.succeededFuture(Decision.NONE);
    }
    var profile = preview.profile().isEmpty() ? null : Id128.parse(preview.profile());
    var visitor = new VisitorRef(profile, profile == null ? Purposes.NONE : Purposes.ALL, 0);
    int owner = profile == null ? 0 : Shards.owner(profile, deciders);
    var question =
        new Decide(
            site,
            visitor,
            context(request, site, request.absoluteURI()),
            page,
            components,
            true,
            preview.segments(),
            0);
    return bus.ask(Addresses.DECIDE.to(owner), question)
        .map(decided -> Previews.shown(decided, preview.show()))
        .map(decided -> new Decision(decided, null, 0, System.nanoTime() - begun))
        .otherwise(Decision.NONE);
  }

  /** Whether the browser speaks HTTPS, to us or to a proxy that is believed. */
  boolean isSecure(HttpServerRequest request) {
    return proxies.isSecure(request);
  }

  /** The header that gives a newcomer's browser its id. */
  String cookie(HttpServerRequest request, String site, String device) {
    return VisitorCookie.set(cookies.sign(site, device), proxies.isSecure(request));
  }

  /** A newcomer gets an id only where the site's default allows one to be kept. */
  private @Nullable String mint(String site) {
    var rules = catalogue.site(site);
    boolean allowed = rules != null && rules.defaults().allows(Purpose.ANALYTICS);
    return allowed ? VisitorCookie.mint(random) : null;
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
      HttpServerRequest request, Question asked, VisitorRef visitor, long since) {
    if (asked.components().isEmpty() || deciders == 0) {
      return Future.failedFuture("nothing to decide, or nobody to do it");
    }
    var profile = visitor.profile();
    int owner = profile == null ? 0 : Shards.owner(profile, deciders);
    var context = context(request, asked.site(), asked.url());
    var question =
        new Decide(asked.site(), visitor, context, asked.page(), asked.components(), false);
    return bus.ask(Addresses.DECIDE.to(owner), question.since(since));
  }

  private Map<String, Object> context(HttpServerRequest request, String site, String url) {
    var place = places.of(request);
    Map<String, Object> stated =
        place.country().isEmpty()
            ? Map.of()
            : Map.of("geo", Map.of("country", place.country(), "region", place.region()));
    return requests.of(
        site,
        url,
        header(request, HttpHeaders.REFERER),
        header(request, HttpHeaders.USER_AGENT),
        stated);
  }

  private static String header(HttpServerRequest request, CharSequence name) {
    var value = request.getHeader(name);
    return value == null ? "" : value;
  }
}
