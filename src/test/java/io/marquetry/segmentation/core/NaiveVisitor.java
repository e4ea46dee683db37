package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A visitor of whom every event is kept, and conditions read straight from their JSON: what
 * membership must come to, worked out the slow and plain way. Shares no code with what it checks.
 */
final class NaiveVisitor {
  final List<Event> events = new ArrayList<>();
  private final Map<String, Map<String, Object>> segments;
  private final long timeout;

  NaiveVisitor(Map<String, Map<String, Object>> segments, long timeout) {
    this.segments = segments;
    this.timeout = timeout;
  }

  /** The segments the visitor is in, sorted. */
  List<String> memberships(long now) {
    return segments.keySet().stream().filter(key -> isIn(key, now)).sorted().toList();
  }

  private boolean isIn(String segment, long now) {
    return holds(Objects.requireNonNull(segments.get(segment)), now);
  }

  private boolean holds(Map<?, ?> condition, long now) {
    return condition.entrySet().stream()
        .allMatch(
            entry ->
                switch (String.valueOf(entry.getKey())) {
                  case "$and" -> all(entry.getValue()).allMatch(one -> holds(one, now));
                  case "$or" -> all(entry.getValue()).anyMatch(one -> holds(one, now));
                  case "$not" -> !holds(map(entry.getValue()), now);
                  case "$inSegment" -> isIn((String) entry.getValue(), now);
                  case "$did" -> did(map(entry.getValue()), now);
                  case "$first" -> ago(map(entry.getValue()), now, Comparator.naturalOrder());
                  case "$last" -> ago(map(entry.getValue()), now, Comparator.reverseOrder());
                  case "$sequence" -> sequence(map(entry.getValue()), now);
                  default -> throw new AssertionError(entry.getKey());
                });
  }

  private static Map<?, ?> map(@Nullable Object json) {
    return (Map<?, ?>) Objects.requireNonNull(json);
  }

  private static Stream<Map<?, ?>> all(@Nullable Object json) {
    return ((List<?>) Objects.requireNonNull(json)).stream().map(NaiveVisitor::map);
  }

  private boolean did(Map<?, ?> json, long now) {
    var found = within(json, now).filter(event -> is(json, event)).toList();
    boolean holds = true;
    boolean asked = false;
    if (json.get("count") instanceof Map<?, ?> bounds) {
      asked = true;
      holds = compares(bounds, BigDecimal.valueOf(found.size()));
    }
    if (json.get("sum") instanceof Map<?, ?> sum) {
      asked = true;
      var total = BigDecimal.ZERO;
      for (var event : found) {
        if (value(event, sum) instanceof Number number) {
          total = total.add(new BigDecimal(number.toString()));
        }
      }
      holds &= compares(map(sum.get("is")), total);
    }
    if (json.get("distinct") instanceof Map<?, ?> distinct) {
      asked = true;
      var values = new HashSet<String>();
      found.stream()
          .map(event -> value(event, distinct))
          .filter(Objects::nonNull)
          .forEach(value -> values.add(value.toString()));
      holds &= compares(map(distinct.get("is")), BigDecimal.valueOf(values.size()));
    }
    return asked ? holds : !found.isEmpty();
  }

  private Stream<Event> within(Map<?, ?> json, long now) {
    var window = json.containsKey("within") ? String.valueOf(json.get("within")) : "ever";
    return switch (window) {
      case "ever" -> events.stream();
      case "session" -> session(now).stream();
      default -> {
        long length = Duration.parse(window).toMillis();
        yield events.stream().filter(event -> event.at() > now - length);
      }
    };
  }

  /** The events of the visit that is going on. */
  private List<Event> session(long now) {
    var visits =
        events.stream()
            .filter(event -> !event.name().startsWith("Email "))
            .sorted(Comparator.comparingLong(Event::at))
            .toList();
    if (visits.isEmpty() || now - visits.getLast().at() >= timeout) {
      return List.of();
    }
    int first = visits.size() - 1;
    while (first > 0 && visits.get(first).at() - visits.get(first - 1).at() < timeout) {
      first--;
    }
    return visits.subList(first, visits.size());
  }

  private static boolean is(Map<?, ?> json, Event event) {
    var name = event.type() == EventType.TRACK ? event.name() : event.type().key();
    if (!name.equals(json.get("event"))) {
      return false;
    }
    return !(json.get("where") instanceof Map<?, ?> where)
        || where.entrySet().stream()
            .allMatch(
                wanted -> {
                  var path = String.valueOf(wanted.getKey());
                  var field = path.substring(path.indexOf('.') + 1);
                  return Objects.equals(event.object("properties").get(field), wanted.getValue());
                });
  }

  private static @Nullable Object value(Event event, Map<?, ?> json) {
    return event.object("properties").get(String.valueOf(json.get("property")));
  }

  private static boolean compares(Map<?, ?> bounds, BigDecimal value) {
    return bounds.entrySet().stream()
        .allMatch(
            bound -> {
              int order =
                  value.compareTo(
                      new BigDecimal(Objects.requireNonNull(bound.getValue()).toString()));
              return holds(String.valueOf(bound.getKey()), order);
            });
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "$eq" -> order == 0;
      case "$ne" -> order != 0;
      case "$lt" -> order < 0;
      case "$lte" -> order <= 0;
      case "$gt" -> order > 0;
      case "$gte" -> order >= 0;
      default -> throw new AssertionError(operator);
    };
  }

  private boolean ago(Map<?, ?> json, long now, Comparator<Long> order) {
    var at = events.stream().filter(event -> is(json, event)).map(Event::at).min(order);
    return at.isPresent()
        && map(json.get("ago")).entrySet().stream()
            .allMatch(
                bound -> {
                  var length = Duration.parse(Objects.requireNonNull(bound.getValue()).toString());
                  return holds(
                      String.valueOf(bound.getKey()),
                      Long.compare(now - at.get(), length.toMillis()));
                });
  }

  private boolean sequence(Map<?, ?> json, long now) {
    var steps = all(json.get("steps")).toList();
    long within =
        json.get("within") instanceof String length && !length.equals("ever")
            ? Duration.parse(length).toMillis()
            : Long.MAX_VALUE;
    LongFunction<Boolean> ends = end -> true;
    if (json.get("then") instanceof Map<?, ?> then) {
      long lasting = Duration.parse(String.valueOf(then.get("for"))).toMillis();
      ends =
          end ->
              now - end >= lasting
                  && events.stream()
                      .filter(event -> is(map(then.get("not")), event))
                      .noneMatch(
                          event ->
                              event.at() > end
                                  || (event.at() == end
                                      && steps.stream().noneMatch(step -> is(step, event))));
    }
    return match(steps, new ArrayList<>(), within, ends);
  }

  /** Tries every way to find an event of its own for each step. */
  private boolean match(
      List<Map<?, ?>> steps, List<Event> chosen, long within, LongFunction<Boolean> ends) {
    if (chosen.size() == steps.size()) {
      long first = chosen.getFirst().at();
      long last = chosen.getLast().at();
      return last - first < within && ends.apply(last);
    }
    for (var event : events) {
      boolean inOrder = chosen.isEmpty() || event.at() >= chosen.getLast().at();
      if (inOrder && !chosen.contains(event) && is(steps.get(chosen.size()), event)) {
        chosen.add(event);
        if (match(steps, chosen, within, ends)) {
          return true;
        }
        chosen.removeLast();
      }
    }
    return false;
  }
}
