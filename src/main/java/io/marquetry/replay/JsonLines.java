package io.marquetry.replay;

import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Our own format: one call of the tracking API in each line, as JSON. */
final class JsonLines implements LogFormat {
  @Override
  public String name() {
    return "json";
  }

  @Override
  public boolean fits(String firstLine) {
    return firstLine.stripLeading().startsWith("{");
  }

  @Override
  public boolean hasHeader() {
    return false;
  }

  @Override
  public Optional<Recorded> read(String line, long row) {
    if (line.isBlank()) {
      return Optional.empty();
    }
    try {
      var call = new LinkedHashMap<>(Json.readObject(line.getBytes(StandardCharsets.UTF_8)));
      return Optional.of(new Recorded(time(call), call));
    } catch (Json.Malformed e) {
      throw new IllegalArgumentException(e.getMessage());
    }
  }

  /** The time is taken out; it is written anew when the event is sent. */
  private static long time(Map<String, Object> call) {
    var stamp =
        call.containsKey("originalTimestamp")
            ? call.get("originalTimestamp")
            : call.get("timestamp");
    long at =
        switch (stamp) {
          case Long millis -> millis;
          case String text -> parse(text);
          case null, default -> Recorded.NO_TIME;
        };
    if (at != Recorded.NO_TIME) {
      call.remove("originalTimestamp");
      call.remove("timestamp");
      call.remove("sentAt");
    }
    return at;
  }

  private static long parse(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      return Recorded.NO_TIME; // sent as it is, for the server to judge
    }
  }
}
