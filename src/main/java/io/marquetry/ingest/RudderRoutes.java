package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.ingest.core.RudderCalls;
import io.marquetry.platform.Caller;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * What RudderStack has beyond Segment: merges, beacons with their key in the query, and pixels.
 * Answers in the plain words of its gateway.
 */
final class RudderRoutes extends DialectRoutes {
  RudderRoutes(Intake intake) {
    super(intake, SegmentRoutes.MAX_BODY);
  }

  @Override
  void mount(Router router) {
    post(router, "/v1/merge", at -> read(at, EventType.ALIAS, CallReader::single));
    post(router, "/beacon/v1/batch", at -> read(at, null, CallReader::batch));
    router.get("/pixel/v1/page").handler(at -> pixel(at, EventType.PAGE));
    router.get("/pixel/v1/track").handler(at -> pixel(at, EventType.TRACK));
  }

  @Override
  void acknowledge(RoutingContext context, Beacon beacon, Taken taken) {
    if (context.request().method().equals(HttpMethod.GET)) {
      picture(context);
    } else {
      text(context, 200, "OK");
    }
  }

  @Override
  void refuse(RoutingContext context, int status, String code, String message) {
    text(context, status, words(context, status, code, message));
  }

  private static String words(RoutingContext context, int status, String code, String message) {
    return switch (status) {
      case 401 ->
          Caller.key(context.request()) == null
              ? "failed to read writekey from header"
              : "invalid write key";
      case 413 -> "request size too large: " + message;
      case 429 -> "max requests limit reached";
      default ->
          switch (code) {
            case "malformed" -> "invalid json: " + message;
            case "no_identity" -> "request neither has anonymousId nor userId";
            default -> message;
          };
    };
  }

  /** An image that counts: for mail and for pages without scripts. */
  private void pixel(RoutingContext context, EventType type) {
    var access = intake().find(context.request());
    if (access == null) {
      unknownKey(context);
      return;
    }
    var beacon = intake().beacon(context.request(), access, null, type, sender(access));
    beacon.add(RudderCalls.pixel(context.queryParams().entries()));
    take(context, beacon);
  }
}
