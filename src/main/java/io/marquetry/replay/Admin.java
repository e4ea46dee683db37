package io.marquetry.replay;

import io.marquetry.platform.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The administration of the server, as far as a replay needs it. */
final class Admin {
  private final Http http;
  private final Map<String, String> login;

  private Admin(Http http, String token) {
    this.http = http;
    login = Map.of("Authorization", "Bearer " + token);
  }

  static Admin login(Http http, String password) throws IOException, InterruptedException {
    var body = Json.write(Map.of("user", "admin", "password", password));
    var answer = http.post("/v1/admin/login", body, Map.of());
    if (answer.status() != 200) {
      throw new Misuse("MARQUETRY_ADMIN_PASSWORD is not the password of the user admin");
    }
    return new Admin(http, String.valueOf(answer.json().get("token")));
  }

  /** Makes a site whose visitors allow everything and are believed; the result is its write key. */
  String createSite(String name) throws IOException, InterruptedException {
    call(
        "sites.put",
        Map.of("key", name, "name", name, "identify", "trusted", "consentDefault", "granted"));
    var key = call("keys.create", Map.of("site", name, "kind", "write", "name", "replay"));
    return String.valueOf(key.get("key"));
  }

  /** How many profiles there are; -1 where the server cannot say. */
  long profiles() throws IOException, InterruptedException {
    return call("system.status", Map.of()).get("profiles") instanceof Number count
        ? count.longValue()
        : -1;
  }

  /** How many profiles are in each segment, by key. */
  Map<String, Long> segments() throws IOException, InterruptedException {
    var sizes = new TreeMap<String, Long>();
    if (call("segments.list", Map.of()).get("segments") instanceof List<?> segments) {
      for (var segment : segments) {
        if (segment instanceof Map<?, ?> map && map.get("key") instanceof String key) {
          sizes.put(key, size(key));
        }
      }
    }
    return sizes;
  }

  /** The newest position of the log is applied to profiles. */
  boolean settled() throws IOException, InterruptedException {
    var status = call("system.status", Map.of());
    return status.get("log") instanceof Map<?, ?> log
        && log.get("applied") instanceof Number applied
        && log.get("position") instanceof Number position
        && applied.longValue() >= position.longValue();
  }

  private long size(String segment) throws IOException, InterruptedException {
    return call("segments.get", Map.of("key", segment)).get("size") instanceof Number size
        ? size.longValue()
        : 0;
  }

  private Map<String, Object> call(String operation, Map<String, Object> body)
      throws IOException, InterruptedException {
    var answer = http.post("/v1/admin/" + operation, Json.write(body), login);
    if (answer.status() != 200) {
      throw new Misuse(operation + " was refused: " + message(answer.json()));
    }
    return new LinkedHashMap<>(answer.json());
  }

  private static Object message(Map<String, Object> json) {
    return json.get("error") instanceof Map<?, ?> error
        ? String.valueOf(error.get("message"))
        : json;
  }
}
