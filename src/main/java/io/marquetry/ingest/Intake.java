package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.grant.ConsentCategories;
import io.marquetry.ingest.Beacon.Source;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Caller;
import io.marquetry.platform.Caller.Place;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The way of events from a request to the log, whatever dialect the request speaks: whose key it
 * is, how it came in, and what became of it.
 *
 * <p>Belongs to one event loop, like the routes that share it.
 */
final class Intake {
  private static final int MAX_AGENT = 512;

  /**
   * What became of a beacon.
   *
   * @param purposes what its visitor allows from here, where the beacon changed that; else null
   */
  record Taken(Accepted accepted, @Nullable Purposes purposes) {}

  /** Who sends events, and what it takes with it. */
  enum Sender {
    /** Its cookie and its name for itself count, and it may be given a cookie. */
    BROWSER,
    /** A browser whose visitor wants no cookie to count, and none to be given. */
    NAMELESS,
    /** It speaks for visitors and says nothing of them by what it is itself. */
    SERVER,
    /** A third party's server: not even where it is says anything. */
    PROVIDER;

    boolean isBrowser() {
      return this == BROWSER || this == NAMELESS;
    }
  }

  private final Bus bus;
  private final CatalogueView catalogue;
  private final ComponentContext component;
  private final EventParser parser;
  private final VisitorCookie cookies;
  private final IdentityTokens tokens;

  Intake(Vertx vertx, ComponentContext component) {
    this.component = component;
    bus = Bus.of(vertx);
    catalogue = new CatalogueView(vertx);
    parser = new EventParser(new Ids(component.secrets().ids()));
    cookies = new VisitorCookie(component.secrets().cookies());
    tokens = new IdentityTokens(new IdentityKeys(component.secrets().cookies()));
  }

  CatalogueView catalogue() {
    return catalogue;
  }

  ComponentContext component() {
    return component;
  }

  /** What a key opens; null where it is unknown. */
  @Nullable Access find(@Nullable String key) {
    return catalogue.keys().find(key);
  }

  /**
   * What the key in the head or query of a request opens; null where there is none or it is
   * unknown. Where {@code X-Write-Key} holds a pair {@code key:secret} and the secret is a server
   * key of the same site, the request comes from that site's server.
   */
  @Nullable Access find(HttpServerRequest request) {
    var access = find(Caller.key(request));
    var pair = request.getHeader("X-Write-Key");
    if (access == null || pair == null || request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
      return access;
    }
    var secret = find(pair.substring(pair.indexOf(':') + 1));
    return secret != null && secret.isServer() && secret.site().equals(access.site())
        ? secret
        : access;
  }

  /**
   * Begins a beacon.
   *
   * @param sentAt when it was sent by the sender's clock, as sent; null where not said
   * @param type the type that the path names, null where each call names its own
   */
  Beacon beacon(
      HttpServerRequest request,
      Access access,
      @Nullable Object sentAt,
      @Nullable EventType type,
      Sender sender) {
    var site = catalogue.site(access.site());
    var place = sender == Sender.PROVIDER ? Place.UNKNOWN : component.server().places().of(request);
    var agent = sender.isBrowser() ? request.getHeader(HttpHeaders.USER_AGENT) : null;
    var arrival =
        new Arrival(
            access.site(),
            access.isServer() || (site != null && site.trustsIdentify()),
            component.clock().millis(),
            sentAt,
            sender == Sender.BROWSER ? cookies.device(request, access.site()) : null,
            agent == null ? "" : agent.substring(0, Math.min(agent.length(), MAX_AGENT)),
            place.country(),
            place.region(),
            Caller.prefetches(request));
    var source =
        new Source(
            arrival,
            sender,
            Caller.optsOut(request),
            new Vouching(tokens, catalogue.keys().identityKeys(access.site())),
            site == null ? ConsentCategories.COMMON : site.categories());
    return new Beacon(parser, source, type, () -> UUID.randomUUID().toString());
  }

  /** Makes a beacon's events durable and applied; fails with {@code Refused} where it cannot. */
  Future<Taken> take(Beacon beacon) {
    var work =
        beacon.choices().isEmpty()
            ? bus.ask(Addresses.ACCEPT, beacon.message()).map(one -> new Taken(one, null))
            : new ConsentTurns(bus, beacon).take();
    return work.onSuccess(taken -> beacon.settle(taken.accepted()));
  }

  /**
   * What a browser is to be told of its cookie; null for nothing. Who takes back that they may be
   * known loses it in the same answer.
   */
  @Nullable String cookie(HttpServerRequest request, Beacon beacon, Taken taken) {
    var purposes = taken.purposes();
    boolean known =
        purposes == null
            || purposes.allows(Purpose.ANALYTICS)
            || purposes.allows(Purpose.PERSONALIZATION);
    if (known) {
      return cookie(request, beacon, taken.accepted());
    }
    return beacon.sender() == Sender.BROWSER && request.getCookie(VisitorCookie.NAME) != null
        ? VisitorCookie.clear(component.server().proxies().isSecure(request))
        : null;
  }

  /**
   * The cookie that makes a browser known again whose events were stored: by the id that its own
   * events carry, so that after a {@code reset()} the pages forget with the tag. Null where it has
   * that one, or may have none: a page of another site cannot give a browser an id.
   */
  private @Nullable String cookie(HttpServerRequest request, Beacon beacon, Accepted accepted) {
    var site = beacon.arrival().site();
    var device = beacon.storedDevice(accepted);
    if (device == null
        || beacon.sender() != Sender.BROWSER
        || device.equals(beacon.arrival().cookie())
        || isForeign(request, site)
        || device.length() > VisitorCookie.MAX_DEVICE_BYTES / 4) {
      return null;
    }
    return VisitorCookie.set(
        cookies.sign(site, device), component.server().proxies().isSecure(request));
  }

  private boolean isForeign(HttpServerRequest request, String site) {
    var known = catalogue.site(site);
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    return "cross-site".equals(request.getHeader("Sec-Fetch-Site"))
        && (known == null || origin == null || !known.origins().contains(origin));
  }
}
