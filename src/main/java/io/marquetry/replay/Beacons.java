package io.marquetry.replay;

import io.marquetry.platform.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers events into beacons and sends them one after the other, so that their order stays. */
final class Beacons {
  private static final int MAX_EVENTS = 100;
  private static final int MAX_BYTES = 400 * 1024;

  private final Http http;
  private final Map<String, String> headers;
  private final Tally tally;
  private final List<Map<String, Object>> waiting = new ArrayList<>();
  private int bytes;

  Beacons(Http http, String writeKey, Tally tally) {
    this.http = http;
    this.tally = tally;
    headers = Map.of("X-Write-Key", writeKey);
  }

  void add(Map<String, Object> call) throws IOException, InterruptedException {
    int size = Json.write(call).length;
    if (bytes + size > MAX_BYTES) {
      flush();
    }
    waiting.add(call);
    bytes += size;
    if (waiting.size() == MAX_EVENTS) {
      flush();
    }
  }

  void flush() throws IOException, InterruptedException {
    if (waiting.isEmpty()) {
      return;
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("batch", waiting);
    body.put("sentAt", Instant.now().toString());
    var answer = http.post("/v1/batch", Json.write(body), headers);
    switch (answer.status()) {
      case 200, 400, 413 -> tally.add(waiting.size(), answer);
      case 401 -> throw new Misuse("the server does not know the write key; see --write-key");
      default -> throw new IOException("the server answers " + answer.status());
    }
    waiting.clear();
    bytes = 0;
  }
}
