package io.marquetry.flow;

import io.marquetry.flow.EventLog.Row;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What profiles must be by the log, worked out the slow and plain way: devices that named the same
 * user are one visitor, and a visitor's events are those of all their devices.
 */
final class LogFold {
  private final Map<String, String> userOf = new HashMap<>();
  private final Map<String, Long> events = new HashMap<>();
  private final Map<String, Long> counted = new HashMap<>();
  private final Set<String> devices = new HashSet<>();

  /**
   * @param counted the event whose number per visitor is wanted
   */
  LogFold(List<Row> log, String counted) {
    for (var row : log) {
      devices.add(row.text("anonymousId"));
      if (!row.text("userId").isEmpty()) {
        userOf.put(row.text("anonymousId"), row.text("userId"));
      }
    }
    for (var row : log) {
      var visitor = visitor(row.text("anonymousId"));
      events.merge(visitor, 1L, Long::sum);
      if (row.text("event").equals(counted)) {
        this.counted.merge(visitor, 1L, Long::sum);
      }
    }
  }

  private String visitor(String device) {
    var user = userOf.get(device);
    return user == null ? "device " + device : "user " + user;
  }

  Set<String> devices() {
    return devices;
  }

  /** How many events the visitor with this device has. */
  long events(String device) {
    return events.getOrDefault(visitor(device), 0L);
  }

  /** How many of the counted ones. */
  long counted(String device) {
    return counted.getOrDefault(visitor(device), 0L);
  }
}
