package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.ingest.Intake.Sender;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.platform.Answers;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Jitsu's forms: calls of the Segment tracking spec at paths of its own, for browsers and, below
 * {@code s2s}, for servers.
 */
final class JitsuRoutes extends DialectRoutes {
  private static final String BROWSERS = "/api/s/";
  private static final String SERVERS = "/api/s/s2s/";

  private final boolean server;

  /**
   * @param server whether these are the routes for servers, whose requests no visitor's browser
   *     made
   */
  JitsuRoutes(Intake intake, boolean server) {
    super(intake, SegmentRoutes.MAX_BODY);
    this.server = server;
  }

  @Override
  void mount(Router router) {
    var base = server ? SERVERS : BROWSERS;
    post(router, base + "batch", at -> read(at, null, CallReader::batch));
    for (var type : EventType.values()) {
      post(router, base + type.key(), at -> read(at, type, CallReader::single));
    }
  }

  @Override
  Sender sender(Access access) {
    return server ? Sender.SERVER : super.sender(access);
  }

  @Override
  void acknowledge(RoutingContext context, Beacon beacon, Taken taken) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("ok", true);
    beacon.answer(taken).forEach(answer::putIfAbsent);
    answer.remove("success");
    Answers.json(context, 200, answer);
  }

  @Override
  void refuse(RoutingContext context, int status, String code, String message) {
    Answers.later(context, status);
    Answers.json(context, status, Map.of("ok", false, "error", message, "code", code));
  }
}
