package io.marquetry.condition;

import io.marquetry.condition.NodeParser.Scope;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads behavioural leaves. They are Marquetry's own, so their faults are refused even in lenient
 * parsing.
 */
final class BehaviourParser {
  private static final Set<String> DID_KEYS = Set.of("event", "where", "within", "count");
  private static final Duration LONGEST = Duration.ofDays(3660);

  /** ISO-8601 knows weeks, {@link Duration#parse} does not. */
  private static final Pattern WEEKS = Pattern.compile("P[0-9]{1,4}W");

  private final Parsing parsing;

  BehaviourParser(Parsing parsing) {
    this.parsing = parsing;
  }

  Behaviour did(@Nullable Object json, String path, int depth) {
    if (!(json instanceof Map<?, ?> members)) {
      throw new MalformedConditionException(
          path, "expected an object with event, where, within, count" + Parsing.found(json));
    }
    for (Object key : members.keySet()) {
      if (!DID_KEYS.contains(String.valueOf(key))) {
        throw new MalformedConditionException(
            path + "." + key, "unknown member " + key + "; known: event, where, within, count");
      }
    }
    return new Behaviour.Did(
        event(members.get("event"), path + ".event"),
        members.containsKey("where") ? where(members.get("where"), path + ".where", depth) : null,
        members.containsKey("within")
            ? window(members.get("within"), path + ".within")
            : new Window.Ever(),
        members.containsKey("count")
            ? count(members.get("count"), path + ".count")
            : Count.AT_LEAST_ONCE);
  }

  private static String event(@Nullable Object json, String path) {
    if (json instanceof String name && !name.isBlank()) {
      return name;
    }
    throw new MalformedConditionException(
        path, "expected the name of an event" + Parsing.found(json));
  }

  private @Nullable Condition where(@Nullable Object json, String path, int depth) {
    if (!(json instanceof Map<?, ?> members)) {
      throw new MalformedConditionException(
          path, "expected a condition object" + Parsing.found(json));
    }
    return members.isEmpty()
        ? null
        : new Condition(json, new NodeParser(parsing, Scope.EVENT).parse(json, path, depth));
  }

  private static Window window(@Nullable Object json, String path) {
    Window window =
        switch (json instanceof String text ? text : "") {
          case "session" -> new Window.Session();
          case "ever" -> new Window.Ever();
          case String text -> sliding(text);
        };
    if (window == null) {
      throw new MalformedConditionException(
          path,
          "expected \"session\", \"ever\" or a positive ISO-8601 duration such as \"P7D\" or \"PT30M\"");
    }
    return window;
  }

  private static @Nullable Window sliding(String text) {
    try {
      Duration length = WEEKS.matcher(text).matches() ? weeks(text) : Duration.parse(text);
      boolean acceptable = length.isPositive() && length.compareTo(LONGEST) <= 0;
      return acceptable ? new Window.Sliding(length) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Duration weeks(String text) {
    return Duration.ofDays(7L * Integer.parseInt(text, 1, text.length() - 1, 10));
  }

  private static Count count(@Nullable Object json, String path) {
    if (!(json instanceof Map<?, ?> comparisons) || comparisons.isEmpty()) {
      throw new MalformedConditionException(
          path, "expected comparisons such as {\"$gte\":3}" + Parsing.found(json));
    }
    List<Count.Bound> bounds = new ArrayList<>(comparisons.size());
    comparisons.forEach(
        (key, value) -> bounds.add(bound(String.valueOf(key), value, path + "." + key)));
    return new Count(bounds);
  }

  private static Count.Bound bound(String operator, @Nullable Object value, String path) {
    Relation relation =
        Stream.of(Relation.values())
            .filter(known -> known.operator().equals(operator))
            .findFirst()
            .orElseThrow(
                () ->
                    new MalformedConditionException(
                        path,
                        "unknown operator "
                            + operator
                            + "; known: $eq, $ne, $lt, $lte, $gt, $gte"));
    if (value instanceof Number number && isThreshold(number)) {
      return new Count.Bound(relation, number.longValue());
    }
    throw new MalformedConditionException(
        path, "expected a whole number from 0 to " + Count.MAX_THRESHOLD);
  }

  private static boolean isThreshold(Number number) {
    double value = number.doubleValue();
    return value >= 0 && value <= Count.MAX_THRESHOLD && value == Math.rint(value);
  }
}
