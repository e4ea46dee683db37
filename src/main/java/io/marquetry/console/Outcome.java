package io.marquetry.console;

import io.marquetry.bus.Refused;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What both doors answer: a JSON object and the HTTP status that says the same.
 *
 * @param body the answer, or {@code {"error":{code,message,field?}}}
 */
record Outcome(int status, Map<String, Object> body) {

  static Outcome ok(Map<String, Object> body) {
    return new Outcome(200, body);
  }

  /** How a failure is told; what is not the asker's to know stays out of it. */
  static Outcome of(Throwable failure) {
    return switch (failure) {
      case Refused refused ->
          error(
              refused.reason().status(),
              refused.reason().name().toLowerCase(Locale.ROOT),
              refused.text(),
              refused.field());
      case Unauthorized unauthorized ->
          error(401, "unauthorized", String.valueOf(unauthorized.getMessage()), "");
      default -> error(500, "failed", "something went wrong on our side", "");
    };
  }

  static Outcome malformed(String message) {
    return error(400, "bad_request", message, "");
  }

  static Outcome unknown(String operation) {
    return error(404, "not_found", "there is no operation " + operation, "");
  }

  private static Outcome error(int status, String code, String message, String field) {
    var error = new LinkedHashMap<String, Object>();
    error.put("code", code);
    error.put("message", message);
    if (!field.isEmpty()) {
      error.put("field", field);
    }
    return new Outcome(status, Map.of("error", error));
  }
}
