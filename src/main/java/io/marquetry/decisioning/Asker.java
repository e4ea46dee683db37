package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.follow.SitePages;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Enrichers;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.IdentityTokens.Claim;
import io.marquetry.platform.IdentityTokens.Finding;
import io.marquetry.platform.Places;
import io.marquetry.platform.RequestContext;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out for whom and on what a request from outside is to be decided, and has it decided; the
 * same for every protocol that asks for decisions.
 *
 * <p>Used on the event loop of the HTTP face it belongs to.
 */
final class Asker {
  private final Bus bus;
  private final CatalogueView catalogue;
  private final Ids ids;
  private final VisitorCookie cookies;
  private final IdentityTokens tokens;
  private final InstantSource clock;
  private final int deciders;
  private final RequestContext requests;
  private final Places places;
  private VariantContents contents;
  private int turn;

  Asker(Vertx vertx, ComponentContext component) {
    bus = Bus.of(vertx);
    catalogue = new CatalogueView(vertx);
    contents = new VariantContents(catalogue.catalogue());
    ids = new Ids(component.secrets().ids());
    cookies = new VisitorCookie(component.secrets().cookies());
    tokens = new IdentityTokens(new IdentityKeys(component.secrets().cookies()));
    clock = component.clock();
    deciders = Math.max(1, component.topology().instances("decisioning"));
    var enricher = Enrichers.make(vertx, "decide");
    requests = new RequestContext(enricher);
    places = component.server().places();
    catalogue.onChange(newer -> contents = new VariantContents(newer));
    catalogue.onChange(newer -> enricher.define(SitePages.all(newer)));
  }

  CatalogueView catalogue() {
    return catalogue;
  }

  /** What the variants of the current catalogue show. */
  VariantContents contents() {
    return contents;
  }

  /** Whether a caller may speak for the user that a call names; so where it names none. */
  boolean mayAsk(HttpServerRequest request, Access access, DecideCall call) {
    return call.userId() == null || mayNameUsers(access) || isSigned(request, access, call);
  }

  /** Whether a user id is believed by the key alone. */
  boolean mayNameUsers(Access access) {
    var site = catalogue.site(access.site());
    return access.isServer() || (site != null && site.trustsIdentify());
  }

  /** Whether the site's own server says that the person is at this browser. */
  private boolean isSigned(HttpServerRequest request, Access access, DecideCall call) {
    var token = call.context().get(IdentityTokens.FIELD);
    var user = call.userId();
    if (token == null || user == null) {
      return false;
    }
    var site = access.site();
    var claim =
        new Claim(
            site,
            catalogue.keys().identityKeys(site),
            user,
            device(request, site, call),
            clock.millis());
    return tokens.check(token, claim) instanceof Finding.Good;
  }

  /** The device that a call names, or that the request's cookie stands for. */
  @Nullable String device(HttpServerRequest request, String site, DecideCall call) {
    return call.anonymousId() != null ? call.anonymousId() : cookies.device(request, site);
  }

  Id128 deviceKey(String site, String device) {
    return ids.device(site, device);
  }

  Id128 userKey(String site, String user) {
    return ids.user(site, user);
  }

  /** Who a call is about; nobody we know where identity is late or away. */
  Future<VisitorRef> visitor(HttpServerRequest request, Access access, DecideCall call) {
    var site = access.site();
    var device = device(request, site, call);
    return visitor(
        request,
        site,
        device == null ? null : deviceKey(site, device),
        call.userId() == null ? null : userKey(site, call.userId()));
  }

  Future<VisitorRef> visitor(
      HttpServerRequest request, String site, @Nullable Id128 device, @Nullable Id128 user) {
    return visitor(site, device, user, Caller.optsOut(request));
  }

  Future<VisitorRef> visitor(
      String site, @Nullable Id128 device, @Nullable Id128 user, boolean optsOut) {
    return device == null && user == null
        ? Future.succeededFuture(VisitorRef.UNKNOWN)
        : bus.ask(Addresses.RESOLVE, new Resolve(site, device, user, optsOut))
            .otherwise(VisitorRef.UNKNOWN);
  }

  /** The visitor behind a key; fails where identity is late or away. */
  Future<VisitorRef> known(String site, @Nullable Id128 device, @Nullable Id128 user) {
    return bus.ask(Addresses.RESOLVE, new Resolve(site, device, user, false));
  }

  /** Whether a device is known as somebody's; not where identity is late or away. */
  Future<Boolean> isLinked(Id128 device) {
    return bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(device)))
        .map(found -> found.keys().size() > 1)
        .otherwise(false);
  }

  /** A browser also tells what it is and where by its head; a server's head says nothing of it. */
  Map<String, Object> context(HttpServerRequest request, Access access, DecideCall call) {
    var stated = new LinkedHashMap<>(call.context());
    stated.remove(IdentityTokens.FIELD);
    var agent = call.stated("userAgent");
    var url = call.stated("url");
    if (!access.isServer()) {
      agent = agent.isEmpty() ? head(request, HttpHeaders.USER_AGENT) : agent;
      url = url.isEmpty() ? head(request, HttpHeaders.REFERER) : url;
      var place = places.of(request);
      if (!place.country().isEmpty()) {
        stated.putIfAbsent("geo", Map.of("country", place.country(), "region", place.region()));
      }
    }
    return requests.of(access.site(), url, call.stated("referrer"), agent, stated);
  }

  private static String head(HttpServerRequest request, CharSequence name) {
    var value = request.getHeader(name);
    return value == null ? "" : value;
  }

  Future<Decided> decide(Decide ask) {
    return bus.ask(Addresses.DECIDE.to(owner(ask.visitor())), ask);
  }

  /** Anybody may decide for nobody in particular, so they take turns. */
  private int owner(VisitorRef visitor) {
    var profile = visitor.profile();
    if (profile != null) {
      return Shards.owner(profile, deciders);
    }
    turn = (turn + 1) % deciders;
    return turn;
  }
}
