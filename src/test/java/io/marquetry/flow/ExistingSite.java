package io.marquetry.flow;

import io.marquetry.testkit.OriginSite;
import io.marquetry.testkit.RunningServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An existing site behind the server, for tests of what passes between them. Every class has a
 * server of its own; the site answers for all of them, each under paths of its own.
 */
@Tag("server")
abstract class ExistingSite {
  static final OriginSite ORIGIN = OriginSite.start();

  @RegisterExtension
  static final RunningServer SERVER =
      RunningServer.with()
          .settings(
              "assembly",
              Map.of(
                  "origin",
                  ORIGIN.base(),
                  "originHeadMillis",
                  2_500,
                  "originStallMillis",
                  1_000,
                  "originConnectMillis",
                  500,
                  "originSockets",
                  3,
                  "originSocketIdleSeconds",
                  3))
          .prepared();

  static final String SLOT =
      "<mq-slot component=\"hero\" class=\"wide\"><h1>Our old hello</h1></mq-slot>";
  static final String HTML = "text/html; charset=utf-8";

  static byte[] page(String body) {
    return ("<!doctype html><html><head><title>t</title></head><body>" + body + "</body></html>")
        .getBytes(StandardCharsets.UTF_8);
  }

  static String url(String path) {
    return SERVER.base() + path;
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  static void put(String key, String path, String origin) {
    SERVER.admin("pages.put", Map.of("key", key, "site", "demo", "path", path, "origin", origin));
  }
}
