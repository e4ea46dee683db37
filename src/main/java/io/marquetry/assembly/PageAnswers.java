package io.marquetry.assembly;

import io.marquetry.assembly.PageDecisions.Decision;
import io.marquetry.assembly.core.Chunks;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;

/** The forms in which pages are answered. */
final class PageAnswers {
  static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  static final CharSequence NO_STORE = HttpHeaders.createOptimized("private, no-store");
  static final CharSequence COOKIE = HttpHeaders.createOptimized("Cookie");
  static final CharSequence TIMING = HttpHeaders.createOptimized("Server-Timing");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
  private static final CharSequence POLICY_TEXT =
      HttpHeaders.createOptimized(
          "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none';"
              + " frame-ancestors 'self'; form-action 'self'");

  private PageAnswers() {}

  /** A page made for whoever asked, which nobody may keep. */
  static void end(HttpServerRequest request, Chunks chunks) {
    request
        .response()
        .headers()
        .set(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .set(HttpHeaders.VARY, COOKIE);
    endShared(request, chunks);
  }

  /** A page whose headers for caches are set already. */
  static void endShared(HttpServerRequest request, Chunks chunks) {
    var response = request.response();
    response
        .headers()
        .set(HttpHeaders.CONTENT_TYPE, HTML)
        .set(POLICY, POLICY_TEXT)
        .set("X-Content-Type-Options", "nosniff")
        .set("Referrer-Policy", "strict-origin-when-cross-origin")
        .set(HttpHeaders.CONTENT_LENGTH, Integer.toString(chunks.length()));
    if (HttpMethod.HEAD.equals(request.method())) {
      response.end();
    } else {
      response.end(buffer(chunks));
    }
  }

  /** One buffer over all chunks: nothing is copied before the socket. */
  static Buffer buffer(Chunks chunks) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(chunks.toArray()));
  }

  static String timing(Decision decision) {
    return "resolve;dur=%s, decide;dur=%s"
        .formatted(millis(decision.resolveNanos()), millis(decision.decideNanos()));
  }

  static String millis(long nanos) {
    return Double.toString(Math.round(nanos / 1e3) / 1e3);
  }

  /** A page that says what went wrong, for people. */
  static void problem(HttpServerRequest request, int status, String title, String text) {
    var response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, HTML)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader("X-Content-Type-Options", "nosniff");
    if (status == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    response.end(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%1$s</title><h1>%1$s</h1><p>%2$s</p></html>"
            .formatted(title, text));
  }
}
