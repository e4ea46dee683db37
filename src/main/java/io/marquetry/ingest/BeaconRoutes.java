package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Refused;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.ingest.CallReader.Calls;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.Json;
import io.marquetry.platform.Routes;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes beacons over HTTP: the Segment tracking API, its one-letter twins, and the pixel.
 *
 * <p>Answers 2xx only once the events are durable and applied; anything else says whether the
 * sender should mend its event (400), its key (401), its size (413), or only wait (429, 503).
 */
public final class BeaconRoutes implements Routes {
  private static final int MAX_BODY = 500 * 1024;
  private static final Buffer GIF =
      Buffer.buffer(
          Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Encoding, Content-Type, X-Retry-Count, X-Write-Key";
  private static final Map<String, EventType> LETTERS =
      Map.of(
          "t", EventType.TRACK,
          "p", EventType.PAGE,
          "s", EventType.SCREEN,
          "i", EventType.IDENTIFY,
          "g", EventType.GROUP,
          "a", EventType.ALIAS);

  private final Bus bus;
  private final CatalogueView catalogue;
  private final ComponentContext component;
  private final EventParser parser;
  private final VisitorCookie cookies;
  private final IdentityTokens tokens;

  public BeaconRoutes(Vertx vertx, ComponentContext component) {
    this.component = component;
    bus = Bus.of(vertx);
    catalogue = new CatalogueView(vertx);
    parser = new EventParser(new Ids(component.secrets().ids()));
    cookies = new VisitorCookie(component.secrets().cookies());
    tokens = new IdentityTokens(new IdentityKeys(component.secrets().cookies()));
  }

  @Override
  public Future<Void> mount(Router router) {
    for (var type : EventType.values()) {
      post(router, "/v1/" + type.key(), context -> single(context, type));
    }
    LETTERS.forEach((letter, type) -> post(router, "/v1/" + letter, at -> single(at, type)));
    for (var path : new String[] {"/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"}) {
      post(router, path, this::batch);
    }
    router.options("/v1/*").handler(this::preflight);
    router.options("/beacon/v1/*").handler(this::preflight);
    router.get("/v1/projects/:writeKey/settings").handler(this::settings);
    router.get("/pixel/v1/page").handler(context -> pixel(context, EventType.PAGE));
    router.get("/pixel/v1/track").handler(context -> pixel(context, EventType.TRACK));
    return catalogue.start();
  }

  @Override
  public Future<Void> close() {
    return catalogue.close();
  }

  private void post(Router router, String path, Handler<RoutingContext> handler) {
    router
        .post(path)
        .handler((PlatformHandler) this::receive)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(handler);
  }

  /**
   * What a body is, its bytes say: many clients send JSON as text, and curl calls it a form, which
   * nobody must try to take apart. Whatever is answered later, a page may read it.
   */
  private void receive(RoutingContext context) {
    allowOrigin(context);
    context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
    context.next();
  }

  private void single(RoutingContext context, EventType type) {
    read(context, type, CallReader::single);
  }

  private void batch(RoutingContext context) {
    read(context, null, CallReader::batch);
  }

  /** How a body is taken apart. */
  private interface Reading {
    Calls of(byte[] body) throws Json.Malformed, CallReader.TooMany;
  }

  private void read(RoutingContext context, @Nullable EventType type, Reading reading) {
    var key = Caller.key(context.request());
    boolean inHead = key != null && !key.isEmpty();
    if (inHead && catalogue.keys().find(key) == null) {
      unknownKey(context);
      return;
    }
    try {
      var body = RequestBody.unpack(context.body().buffer(), MAX_BODY);
      var calls = reading.of(body);
      var access = catalogue.keys().find(inHead ? key : calls.writeKey());
      if (access == null) {
        unknownKey(context);
        return;
      }
      take(context, type, body, calls, access);
    } catch (Json.Malformed e) {
      Answers.error(context, 400, "malformed", String.valueOf(e.getMessage()));
    } catch (CallReader.TooMany e) {
      Answers.error(context, 400, "too_many", String.valueOf(e.getMessage()));
    } catch (RequestBody.Unusable e) {
      var code = e.tooLarge() ? "too_large" : "malformed";
      Answers.error(context, e.tooLarge() ? 413 : 400, code, String.valueOf(e.getMessage()));
    }
  }

  private static void unknownKey(RoutingContext context) {
    Answers.error(context, 401, "unknown_key", "the write key is missing or unknown");
  }

  private void take(
      RoutingContext context, @Nullable EventType type, byte[] body, Calls calls, Access access) {
    var arrival = arrival(context, access, calls.sentAt());
    var beacon = beacon(context, arrival, type);
    for (var call : calls.calls()) {
      beacon.add(body, call, () -> UUID.randomUUID().toString());
    }
    bus.ask(Addresses.ACCEPT, beacon.message())
        .onSuccess(accepted -> answer(context, access, arrival, beacon, accepted))
        .onFailure(cause -> refuse(context, cause));
  }

  private Beacon beacon(RoutingContext context, Arrival arrival, @Nullable EventType type) {
    var vouching = new Vouching(tokens, catalogue.keys().identityKeys(arrival.site()));
    return new Beacon(parser, vouching, arrival, type, Caller.optsOut(context.request()));
  }

  private Arrival arrival(RoutingContext context, Access access, @Nullable Object sentAt) {
    var request = context.request();
    var site = catalogue.site(access.site());
    var place = Caller.place(request);
    var agent = request.getHeader(HttpHeaders.USER_AGENT);
    boolean server = access.isServer();
    return new Arrival(
        access.site(),
        server || (site != null && site.trustsIdentify()),
        component.clock().millis(),
        sentAt,
        server ? null : cookies.device(request, access.site()),
        // A server's own user agent says nothing of its visitors.
        server || agent == null ? "" : agent.substring(0, Math.min(agent.length(), 512)),
        place.country(),
        place.region(),
        Caller.prefetches(request));
  }

  private void answer(
      RoutingContext context, Access access, Arrival arrival, Beacon beacon, Accepted accepted) {
    if (beacon.isPoison()) {
      Answers.json(context, beacon.refusalStatus(), beacon.refusal());
      return;
    }
    keepDevice(context, access, arrival, beacon.storedDevice(accepted));
    Answers.json(context, 200, beacon.answer(accepted));
  }

  /**
   * A browser whose events may be kept is known again on the pages that we assemble: by the id that
   * its own events carry, so that after a {@code reset()} the pages forget with the tag. A page of
   * another site cannot give a browser an id.
   */
  private void keepDevice(
      RoutingContext context, Access access, Arrival arrival, @Nullable String device) {
    if (device != null && !device.equals(arrival.cookie()) && !access.isServer()) {
      var request = context.request();
      if (!isForeign(request, access.site())
          && device.length() <= VisitorCookie.MAX_DEVICE_BYTES / 4) {
        var value = cookies.sign(access.site(), device);
        context
            .response()
            .putHeader(
                HttpHeaders.SET_COOKIE, VisitorCookie.set(value, VisitorCookie.isSecure(request)));
      }
    }
  }

  private boolean isForeign(HttpServerRequest request, String site) {
    var known = catalogue.site(site);
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    return "cross-site".equals(request.getHeader("Sec-Fetch-Site"))
        && (known == null || origin == null || !known.origins().contains(origin));
  }

  private static void refuse(RoutingContext context, Throwable cause) {
    if (cause instanceof Refused refused) {
      int status = refused.reason() == Refused.Reason.OVERLOADED ? 429 : 503;
      Answers.error(context, status, status == 429 ? "overloaded" : "unavailable", refused.text());
    } else {
      context.fail(cause);
    }
  }

  /** An image that counts: for mail and for pages without scripts. */
  private void pixel(RoutingContext context, EventType type) {
    var access = catalogue.keys().find(Caller.key(context.request()));
    if (access == null) {
      unknownKey(context);
      return;
    }
    var json = new LinkedHashMap<String, Object>();
    for (var field : new String[] {"anonymousId", "userId", "messageId", "event", "name"}) {
      var value = context.request().getParam(field);
      if (value != null) {
        json.put(field, value);
      }
    }
    var body = Json.write(json);
    var arrival = arrival(context, access, null);
    var beacon = beacon(context, arrival, type);
    beacon.add(
        body, new CallReader.Call(json, "", 0, body.length), () -> UUID.randomUUID().toString());
    bus.ask(Addresses.ACCEPT, beacon.message())
        .onSuccess(
            accepted -> {
              if (beacon.isPoison()) {
                Answers.json(context, beacon.refusalStatus(), beacon.refusal());
              } else {
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "image/gif")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
                    .end(GIF);
              }
            })
        .onFailure(cause -> refuse(context, cause));
  }

  /** What makes an unmodified analytics.js send its events here. */
  private void settings(RoutingContext context) {
    allowOrigin(context);
    var key = context.pathParam("writeKey");
    if (catalogue.keys().find(key) == null) {
      Answers.error(context, 404, "unknown_key", "there is no such write key");
      return;
    }
    var request = context.request();
    var scheme = VisitorCookie.isSecure(request) ? "https" : "http";
    var host = request.authority() == null ? "localhost" : request.authority().toString();
    var segment = new LinkedHashMap<String, Object>();
    segment.put("apiKey", key);
    segment.put("apiHost", host + "/v1");
    segment.put("protocol", scheme);
    segment.put("unbundledIntegrations", java.util.List.of());
    segment.put("addBundledMetadata", true);
    var settings = new LinkedHashMap<String, Object>();
    settings.put("integrations", Map.of("Segment.io", segment));
    settings.put("plan", Map.of("track", Map.of("__default", Map.of("enabled", true))));
    settings.put("edgeFunction", Map.of());
    settings.put("analyticsNextEnabled", true);
    settings.put("metrics", Map.of("sampleRate", 0));
    Answers.json(context, 200, settings);
  }

  private void preflight(RoutingContext context) {
    allowOrigin(context);
    context
        .response()
        .putHeader("Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS")
        .putHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS)
        .putHeader("Access-Control-Max-Age", "600")
        .setStatusCode(204)
        .end();
  }

  /** Any page may send beacons; only a site's own origins may do so with the visitor's cookie. */
  private void allowOrigin(RoutingContext context) {
    var origin = context.request().getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return;
    }
    boolean own =
        catalogue.sites().values().stream().anyMatch(site -> site.origins().contains(origin));
    context.response().putHeader(HttpHeaders.VARY, "Origin");
    context.response().putHeader("Access-Control-Allow-Origin", own ? origin : "*");
    if (own) {
      context.response().putHeader("Access-Control-Allow-Credentials", "true");
    }
  }
}
