package io.marquetry.replay;

import io.marquetry.replay.Http.Answer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What became of what was sent. */
final class Tally {
  private long sent;
  private long duplicates;
  private long aggregated;
  private long unverified;
  private final Map<String, Long> refused = new TreeMap<>();

  /** Counts one beacon by its answer. */
  void add(int events, Answer answer) {
    var json = answer.json();
    sent += events;
    duplicates += number(json.get("duplicates"));
    aggregated += number(json.get("aggregateOnly"));
    unverified += number(json.get("unverified"));
    var rejected = json.get("rejected") instanceof List<?> list ? list : List.of();
    for (var verdict : rejected) {
      var code = verdict instanceof Map<?, ?> map ? map.get("code") : null;
      refused.merge(String.valueOf(code), 1L, Long::sum);
    }
    if (answer.status() != 200 && rejected.isEmpty()) {
      var error = json.get("error") instanceof Map<?, ?> map ? map.get("code") : null;
      refused.merge(String.valueOf(error), (long) events, Long::sum);
    }
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  long sent() {
    return sent;
  }

  /** Stored as something new. */
  long accepted() {
    return sent - duplicates - aggregated - refused();
  }

  long duplicates() {
    return duplicates;
  }

  /** Only counted, because nobody allowed more. */
  long aggregated() {
    return aggregated;
  }

  long unverified() {
    return unverified;
  }

  long refused() {
    return refused.values().stream().mapToLong(Long::longValue).sum();
  }

  Map<String, Long> refusedByReason() {
    return Map.copyOf(refused);
  }
}
