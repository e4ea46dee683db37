package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Refused;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.ingest.CallReader.Calls;
import io.marquetry.ingest.Intake.Sender;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.ingest.core.RudderCalls;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.Json;
import io.marquetry.platform.Routes;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What all dialects have in common: a body is read whatever its header calls it, its key is looked
 * up, its calls are taken in one by one, and 2xx is answered only once they are durable. A dialect
 * says where it is spoken and in which words it answers.
 */
abstract class DialectRoutes {
  private static final Buffer GIF =
      Buffer.buffer(
          Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Encoding, Content-Type, X-Enable-Debug, X-IP-Policy, X-Retry-Count,"
          + " X-Write-Key, AnonymousId, SP-Anonymous";

  private final Intake intake;
  private final int maxBody;

  /**
   * @param maxBody how many bytes a body may have, packed or not
   */
  DialectRoutes(Intake intake, int maxBody) {
    this.intake = intake;
    this.maxBody = maxBody;
  }

  final Intake intake() {
    return intake;
  }

  abstract void mount(Router router);

  /** Says that the events of a beacon, or as many of them as are any, are durable. */
  abstract void acknowledge(RoutingContext context, Beacon beacon, Taken taken);

  /** Says no. */
  void refuse(RoutingContext context, int status, String code, String message) {
    Answers.error(context, status, code, message);
  }

  /** Says that nothing in a beacon is an event. */
  void refusePoison(RoutingContext context, Beacon beacon) {
    refuse(context, beacon.refusalStatus(), beacon.refusalCode(), beacon.refusalMessage());
  }

  /** Serves POST at a path, and the preflight for it. */
  final void post(Router router, String path, Handler<RoutingContext> handler) {
    router
        .post(path)
        .handler((PlatformHandler) this::receive)
        .handler(BodyHandler.create(false).setBodyLimit(maxBody))
        .handler(handler);
    router.options(path).handler(this::preflight);
  }

  /**
   * What a body is, its bytes say: many clients send JSON as text, and curl calls it a form, which
   * nobody must try to take apart. Whatever is answered later, a page may read it.
   */
  private void receive(RoutingContext context) {
    allowOrigin(context);
    context.put(Routes.Refusal.KEY, (Routes.Refusal) this::refuse);
    context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
    context.next();
  }

  /** How a body is taken apart. */
  @FunctionalInterface
  interface Reading {
    Calls of(byte[] body) throws Json.Malformed, CallReader.TooMany;
  }

  /** Works on a body that was unpacked. */
  @FunctionalInterface
  interface BodyWork {
    void on(byte[] body) throws Json.Malformed, CallReader.TooMany;
  }

  /** Takes a request's body apart; what cannot be is refused. */
  final void withBody(RoutingContext context, BodyWork work) {
    try {
      work.on(RequestBody.unpack(context.body().buffer(), maxBody));
    } catch (Json.Malformed e) {
      refuse(context, 400, "malformed", String.valueOf(e.getMessage()));
    } catch (CallReader.TooMany e) {
      refuse(context, 400, "too_many", String.valueOf(e.getMessage()));
    } catch (RequestBody.Unusable e) {
      var code = e.tooLarge() ? "too_large" : "malformed";
      refuse(context, e.tooLarge() ? 413 : 400, code, String.valueOf(e.getMessage()));
    }
  }

  /** Takes in a body whose calls are of the Segment tracking spec. */
  final void read(RoutingContext context, @Nullable EventType type, Reading reading) {
    var key = Caller.key(context.request());
    boolean inHead = key != null && !key.isEmpty();
    var named = inHead ? intake.find(context.request()) : null;
    if (inHead && named == null) {
      unknownKey(context);
      return;
    }
    withBody(
        context,
        body -> {
          var calls = reading.of(body);
          var access = inHead ? named : intake.find(calls.writeKey());
          if (access == null) {
            unknownKey(context);
            return;
          }
          var beacon =
              intake.beacon(context.request(), access, calls.sentAt(), type, sender(access));
          for (var call : calls.calls()) {
            add(beacon, body, call);
          }
          take(context, beacon);
        });
  }

  /** Who sends a request with this key. */
  Sender sender(Access access) {
    return access.isServer() ? Sender.SERVER : Sender.BROWSER;
  }

  /** RudderStack's clients mix calls of their own with those of the spec. */
  private static void add(Beacon beacon, byte[] body, CallReader.Call call) {
    var json = call.json();
    if (json == null || !RudderCalls.isMerge(json)) {
      beacon.add(body, call);
      return;
    }
    var alias = RudderCalls.alias(json);
    if (alias == null) {
      var problem = "mergeProperties must name one anonymous_id and one user_id";
      beacon.reject("unknown_merge", problem, json, body, call);
    } else {
      beacon.add(alias);
    }
  }

  final void unknownKey(RoutingContext context) {
    refuse(context, 401, "unknown_key", "the write key is missing or unknown");
  }

  /** Sees a beacon through, and answers. */
  final void take(RoutingContext context, Beacon beacon) {
    intake
        .take(beacon)
        .onSuccess(
            taken -> {
              if (beacon.isPoison()) {
                refusePoison(context, beacon);
              } else {
                keepDevice(context, beacon, taken);
                acknowledge(context, beacon, taken);
              }
            })
        .onFailure(cause -> refuse(context, cause));
  }

  /** A browser whose events may be kept is known again on the pages that we assemble. */
  final void keepDevice(RoutingContext context, Beacon beacon, Taken taken) {
    var cookie = intake.cookie(context.request(), beacon, taken);
    if (cookie != null) {
      context.response().putHeader(HttpHeaders.SET_COOKIE, cookie);
    }
  }

  final void refuse(RoutingContext context, Throwable cause) {
    if (cause instanceof Refused refused) {
      int status = refused.reason() == Refused.Reason.OVERLOADED ? 429 : 503;
      refuse(context, status, status == 429 ? "overloaded" : "unavailable", refused.text());
    } else {
      context.fail(cause);
    }
  }

  /** A text that no cache may keep. */
  static void text(RoutingContext context, int status, String text) {
    if (context.response().ended()) {
      return;
    }
    Answers.later(context, status);
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
        .end(text);
  }

  /** A picture of one dot that no cache may keep. */
  static void picture(RoutingContext context) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "image/gif")
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store, no-cache, max-age=0")
        .putHeader(HttpHeaders.EXPIRES, "0")
        .putHeader("Pragma", "no-cache")
        .end(GIF);
  }

  final void preflight(RoutingContext context) {
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
  void allowOrigin(RoutingContext context) {
    var origin = context.request().getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return;
    }
    boolean own =
        intake.catalogue().sites().values().stream()
            .anyMatch(site -> site.origins().contains(origin));
    context.response().putHeader(HttpHeaders.VARY, "Origin");
    context.response().putHeader("Access-Control-Allow-Origin", own ? origin : "*");
    if (own) {
      context.response().putHeader("Access-Control-Allow-Credentials", "true");
    }
  }
}
