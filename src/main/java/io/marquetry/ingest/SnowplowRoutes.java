package io.marquetry.ingest;

import io.marquetry.follow.KeyRing.Access;
import io.marquetry.ingest.CallReader.Call;
import io.marquetry.ingest.Intake.Sender;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.ingest.core.SnowplowCalls;
import io.marquetry.ingest.core.Translation;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A collector for trackers of the Snowplow protocol, version 2.
 *
 * <p>The key is the tracker's app id, or stands where other dialects have it. Trackers send again
 * whatever is not refused with 400, 401, 403, 410 or 422: so a body that is too large is answered
 * with 422, and overload with 503. {@code SP-Anonymous} takes the cookie out of it: none is read
 * and none is given, and an event that then names nobody is only counted.
 */
final class SnowplowRoutes extends DialectRoutes {
  private static final int MAX_BODY = 1 << 20;
  private static final String SCHEMA = "/payload_data/jsonschema/1-";

  private final List<String> paths;

  /**
   * @param paths where trackers post to
   */
  SnowplowRoutes(Intake intake, List<String> paths) {
    super(intake, MAX_BODY);
    this.paths = paths;
  }

  @Override
  void mount(Router router) {
    for (var path : paths) {
      post(router, path, this::posted);
    }
    for (var path : List.of("/i", "/ice.png")) {
      router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::queried);
      router.options(path).handler(this::preflight);
    }
  }

  private void posted(RoutingContext context) {
    withBody(
        context,
        body -> {
          var calls = CallReader.list(body, "data");
          if (calls.schema() == null || !calls.schema().contains(SCHEMA)) {
            throw new Json.Malformed("schema must be that of payload_data, version 1");
          }
          take(context, body, calls.calls());
        });
  }

  private void queried(RoutingContext context) {
    allowOrigin(context);
    var fields = new LinkedHashMap<String, Object>();
    context.queryParams().forEach(field -> fields.putIfAbsent(field.getKey(), field.getValue()));
    var body = Json.write(fields);
    take(context, body, List.of(new Call(fields, "", 0, body.length)));
  }

  /** Each event belongs to the site of its tracker's app id, unless the request names a key. */
  private void take(RoutingContext context, byte[] body, List<Call> calls) {
    var request = context.request();
    var named = intake().find(request);
    var beacons = new LinkedHashMap<Access, Beacon>();
    for (var call : calls) {
      var fields = call.json() == null ? Map.<String, Object>of() : call.json();
      var access = named != null ? named : intake().find(SnowplowFields.appId(fields));
      if (access != null) {
        add(beacons.computeIfAbsent(access, key -> begin(request, key, fields)), body, call);
      }
    }
    if (beacons.isEmpty() && (!calls.isEmpty() || named == null)) {
      unknownKey(context);
    } else {
      take(context, List.copyOf(beacons.values()));
    }
  }

  private Beacon begin(HttpServerRequest request, Access access, Map<String, Object> fields) {
    boolean server = access.isServer() || "srv".equals(fields.get("p"));
    boolean nameless = request.getHeader("SP-Anonymous") != null;
    var sender = nameless ? Sender.NAMELESS : server ? Sender.SERVER : Sender.BROWSER;
    return intake().beacon(request, access, null, null, sender);
  }

  private void add(Beacon beacon, byte[] body, Call call) {
    var fields = call.json();
    if (fields == null) {
      beacon.reject("malformed", call.problem(), Map.of(), body, call);
      return;
    }
    try {
      boolean nameless = beacon.sender() == Sender.NAMELESS;
      switch (SnowplowCalls.of(SnowplowFields.open(fields), nameless)) {
        case Translation.Call(var json) -> beacon.add(json);
        case Translation.Unclear(var reason, var detail) ->
            beacon.reject(reason, detail, about(fields), body, call);
      }
    } catch (Json.Malformed e) {
      beacon.reject("malformed", String.valueOf(e.getMessage()), about(fields), body, call);
    }
  }

  /** Whom and what a refused event is about, in the words of the spec. */
  private static Map<String, Object> about(Map<String, Object> fields) {
    var about = new LinkedHashMap<String, Object>();
    Map.of("messageId", "eid", "anonymousId", "duid", "userId", "uid")
        .forEach(
            (name, field) -> {
              if (fields.get(field) instanceof String text) {
                about.put(name, text);
              }
            });
    return about;
  }

  private void take(RoutingContext context, List<Beacon> beacons) {
    var taken = new ArrayList<Future<Taken>>();
    beacons.forEach(beacon -> taken.add(intake().take(beacon)));
    Future.all(taken)
        .onSuccess(all -> settle(context, beacons, all.list()))
        .onFailure(cause -> refuse(context, cause));
  }

  private void settle(RoutingContext context, List<Beacon> beacons, List<Taken> taken) {
    Beacon good = null;
    for (int i = 0; i < beacons.size(); i++) {
      var beacon = beacons.get(i);
      if (!beacon.isPoison()) {
        good = beacon;
        keepDevice(context, beacon, taken.get(i));
      }
    }
    if (good == null && !beacons.isEmpty()) {
      refusePoison(context, beacons.getFirst());
    } else if (context.request().method().equals(HttpMethod.POST)) {
      text(context, 200, "ok");
    } else {
      picture(context);
    }
  }

  @Override
  void acknowledge(RoutingContext context, Beacon beacon, Taken taken) {
    text(context, 200, "ok");
  }

  @Override
  void refuse(RoutingContext context, int status, String code, String message) {
    int understood =
        switch (status) {
          case 413 -> 422;
          case 429 -> 503;
          default -> status;
        };
    text(context, understood, message);
  }

  /** Trackers send with credentials from wherever they are; what they are answered is no secret. */
  @Override
  void allowOrigin(RoutingContext context) {
    var origin = context.request().getHeader(HttpHeaders.ORIGIN);
    if (origin != null) {
      context
          .response()
          .putHeader(HttpHeaders.VARY, "Origin")
          .putHeader("Access-Control-Allow-Origin", origin)
          .putHeader("Access-Control-Allow-Credentials", "true");
    }
  }
}
