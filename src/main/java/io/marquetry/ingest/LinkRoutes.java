package io.marquetry.ingest;

import io.marquetry.follow.KeyRing.Access;
import io.marquetry.follow.KeyRing.Kind;
import io.marquetry.ingest.Intake.Sender;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.platform.Patience;
import io.marquetry.platform.SignedLinks;
import io.marquetry.platform.SignedLinks.Link;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Signed links and pictures in mails: the click or the opening is recorded, then the visitor goes
 * on. What we did not sign is refused.
 *
 * <p>The event is that of whom the mail was sent to. A mail may be passed on, so the browser's
 * cookie is not read where the link names somebody: whoever follows it is not joined to them.
 * Nobody is kept from where they want to go by a log that is away: they wait for it as long as they
 * would hardly notice.
 */
final class LinkRoutes extends DialectRoutes {
  private static final long PATIENCE_MILLIS = 1_500;
  private static final Map<String, Object> REFUSED =
      Map.of("categoryPreferences", Map.of("analytics", false));

  private final Vertx vertx;
  private final SignedLinks links;

  LinkRoutes(Vertx vertx, Intake intake) {
    super(intake, 0);
    this.vertx = vertx;
    links = new SignedLinks(intake.component().secrets().cookies());
  }

  @Override
  void mount(Router router) {
    router.get("/r/:signed").handler(context -> click(context, true));
    router.head("/r/:signed").handler(context -> click(context, false));
    router.get("/pixel/v1/open/:signed").handler(this::open);
  }

  /** Mail programs and scanners ask for the head of a link, which is nobody's click. */
  private void click(RoutingContext context, boolean record) {
    var link = good(context, SignedLinks.Kind.CLICK);
    if (link == null) {
      return;
    }
    if (!SignedLinks.isTarget(link.target())) {
      refuse(context, 403, "bad_link", "this link leads nowhere");
      return;
    }
    var recorded =
        record
            ? record(context, link, "Email Link Clicked").mapEmpty()
            : Future.<Void>succeededFuture();
    recorded.onComplete(
        done ->
            context
                .response()
                .setStatusCode(302)
                .putHeader(HttpHeaders.LOCATION, link.target())
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
                .putHeader("Referrer-Policy", "no-referrer")
                .end());
  }

  private void open(RoutingContext context) {
    var link = good(context, SignedLinks.Kind.OPEN);
    if (link != null) {
      record(context, link, "Email Opened").onComplete(done -> picture(context));
    }
  }

  /** The link of a request; null where it was refused. */
  private @Nullable Link good(RoutingContext context, SignedLinks.Kind kind) {
    var link = links.verify(kind, context.pathParam("signed"));
    if (link == null || intake().catalogue().site(link.site()) == null) {
      refuse(context, 403, "bad_link", "this link was not made here, or was altered");
      return null;
    }
    if (link.expiresAt() < intake().component().clock().millis()) {
      refuse(context, 410, "expired", "this link is no longer good");
      return null;
    }
    return link;
  }

  private Future<Taken> record(RoutingContext context, Link link, String event) {
    boolean named = link.userId() != null || link.anonymousId() != null;
    var access = new Access(link.site(), named ? Kind.SERVER : Kind.WRITE);
    var sender = named ? Sender.NAMELESS : Sender.BROWSER;
    var beacon = intake().beacon(context.request(), access, null, null, sender);
    beacon.add(call(link, event, named || beacon.arrival().cookie() != null));
    return Patience.limit(vertx, intake().take(beacon), PATIENCE_MILLIS);
  }

  private static Map<String, Object> call(Link link, String event, boolean known) {
    var call = new LinkedHashMap<String, Object>();
    call.put("type", "track");
    call.put("event", event);
    if (link.userId() != null) {
      call.put("userId", link.userId());
    }
    if (link.anonymousId() != null) {
      call.put("anonymousId", link.anonymousId());
    }
    var properties = new LinkedHashMap<>(link.properties());
    if (!link.target().isEmpty()) {
      properties.put("url", link.target());
    }
    call.put("properties", properties);
    if (!known) {
      call.put("context", Map.of("consent", REFUSED)); // somebody's, and so only counted
    }
    return call;
  }

  @Override
  void acknowledge(RoutingContext context, Beacon beacon, Taken taken) {
    picture(context);
  }
}
