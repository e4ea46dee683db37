package io.marquetry.console;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The console in the browser: a handful of files, read once and served from memory under a policy
 * that lets nothing run, load or frame but themselves.
 */
final class ConsolePages {
  private static final String BASE = "/console/";
  private static final String INDEX = "index.html";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private static final Map<String, String> FILES =
      Map.of(
          INDEX,
          "text/html; charset=utf-8",
          "console.css",
          "text/css; charset=utf-8",
          "console.js",
          SCRIPT,
          "bridge.js",
          SCRIPT,
          "calls.js",
          SCRIPT,
          "coverage.js",
          SCRIPT,
          "decisions.js",
          SCRIPT,
          "question.js",
          SCRIPT,
          "views.js",
          SCRIPT,
          "icon.svg",
          "image/svg+xml");

  private final Vertx vertx;

  ConsolePages(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<Void> mount(Router router) {
    return vertx
        .executeBlocking(ConsolePages::read)
        .map(
            files -> {
              router.getWithRegex("/console").handler(context -> context.redirect(BASE));
              router.get(BASE + "*").handler(context -> serve(context, files));
              return null;
            });
  }

  private static Map<String, Buffer> read() throws IOException {
    var files = new HashMap<String, Buffer>();
    for (var name : FILES.keySet()) {
      try (var in = ConsolePages.class.getResourceAsStream(BASE + name)) {
        if (in == null) {
          throw new FileNotFoundException("the console lacks " + name);
        }
        files.put(name, Buffer.buffer(in.readAllBytes()));
      }
    }
    return files;
  }

  private static void serve(RoutingContext context, Map<String, Buffer> files) {
    var asked = context.normalizedPath().substring(BASE.length());
    var name = asked.isEmpty() ? INDEX : asked;
    var file = files.get(name);
    if (file == null) {
      context.fail(404);
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, FILES.get(name))
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .end(file);
  }
}
