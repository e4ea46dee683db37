package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.platform.Answers;
import io.marquetry.platform.PublicPaths;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Segment tracking API, its one-letter twins, and the settings that lead its clients here. */
final class SegmentRoutes extends DialectRoutes {
  static final int MAX_BODY = 500 * 1024;
  private static final Map<String, EventType> LETTERS =
      Map.of(
          "t", EventType.TRACK,
          "p", EventType.PAGE,
          "s", EventType.SCREEN,
          "i", EventType.IDENTIFY,
          "g", EventType.GROUP,
          "a", EventType.ALIAS);

  /** Host and path, as analytics.js is to put them before its letters. */
  private final String letterBase;

  SegmentRoutes(Intake intake) {
    super(intake, MAX_BODY);
    var letter = PublicPaths.of(intake.component().topology()).outside("/v1/t");
    letterBase = letter.substring(0, letter.lastIndexOf('/'));
  }

  @Override
  void mount(Router router) {
    for (var type : EventType.values()) {
      post(router, "/v1/" + type.key(), context -> single(context, type));
    }
    LETTERS.forEach((letter, type) -> post(router, "/v1/" + letter, at -> single(at, type)));
    for (var path : List.of("/v1/batch", "/v1/b", "/v1/import")) {
      post(router, path, context -> read(context, null, CallReader::batch));
    }
    router.get("/v1/projects/:writeKey/settings").handler(this::settings);
  }

  private void single(RoutingContext context, EventType type) {
    read(context, type, CallReader::single);
  }

  @Override
  void acknowledge(RoutingContext context, Beacon beacon, Taken taken) {
    Answers.json(context, 200, beacon.answer(taken));
  }

  @Override
  void refusePoison(RoutingContext context, Beacon beacon) {
    Answers.json(context, beacon.refusalStatus(), beacon.refusal());
  }

  /** What makes an unmodified analytics.js send its events here. */
  private void settings(RoutingContext context) {
    allowOrigin(context);
    var key = context.pathParam("writeKey");
    if (intake().find(key) == null) {
      Answers.error(context, 404, "unknown_key", "there is no such write key");
      return;
    }
    var request = context.request();
    var scheme = intake().component().server().proxies().isSecure(request) ? "https" : "http";
    var host = request.authority() == null ? "localhost" : request.authority().toString();
    var segment = new LinkedHashMap<String, Object>();
    segment.put("apiKey", key);
    segment.put("apiHost", host + letterBase);
    segment.put("protocol", scheme);
    segment.put("unbundledIntegrations", List.of());
    segment.put("addBundledMetadata", true);
    var settings = new LinkedHashMap<String, Object>();
    settings.put("integrations", Map.of("Segment.io", segment));
    settings.put("plan", Map.of("track", Map.of("__default", Map.of("enabled", true))));
    settings.put("edgeFunction", Map.of());
    settings.put("analyticsNextEnabled", true);
    settings.put("metrics", Map.of("sampleRate", 0));
    Answers.json(context, 200, settings);
  }
}
