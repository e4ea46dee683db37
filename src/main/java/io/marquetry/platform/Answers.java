package io.marquetry.platform;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms in which HTTP is answered. */
public final class Answers {
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("private, no-store");

  private Answers() {}

  /** A JSON value that no cache may keep. */
  public static void json(RoutingContext context, int status, @Nullable Object value) {
    written(context, status, Buffer.buffer(Json.write(value)));
  }

  /** JSON that is written already, and that no cache may keep. */
  public static void written(RoutingContext context, int status, Buffer json) {
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .end(json);
  }

  /** {@code {"error":{"code","message","field"?}}}. */
  public static void error(
      RoutingContext context, int status, String code, String message, String field) {
    if (context.response().ended()) {
      return;
    }
    later(context, status);
    json(context, status, Map.of("error", body(code, message, field)));
  }

  /** Says when to come again, where a status asks the sender to. */
  public static void later(RoutingContext context, int status) {
    if (status == 429 || status == 503) {
      context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
  }

  public static void error(RoutingContext context, int status, String code, String message) {
    error(context, status, code, message, "");
  }

  private static Map<String, Object> body(String code, String message, String field) {
    var error = new LinkedHashMap<String, Object>();
    error.put("code", code);
    error.put("message", message);
    if (!field.isEmpty()) {
      error.put("field", field);
    }
    return error;
  }
}
