package io.marquetry.condition;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what behaviours are compared with: counts, sums, ages, windows. */
final class Bounds {
  private static final Duration LONGEST = Duration.ofDays(3660);
  private static final Set<Relation> ALL = EnumSet.allOf(Relation.class);
  private static final Set<Relation> ORDERED =
      EnumSet.of(Relation.LT, Relation.LTE, Relation.GT, Relation.GTE);

  private Bounds() {}

  /** Makes a bound of one comparison. */
  private interface Reader<T> {
    T read(Relation relation, @Nullable Object constant, String path);
  }

  static Count count(@Nullable Object json, String path) {
    return new Count(all(json, path, "{\"$gte\":3}", ALL, Bounds::whole));
  }

  private static Count.Bound whole(Relation relation, @Nullable Object constant, String path) {
    if (constant instanceof Number number && isThreshold(number)) {
      return new Count.Bound(relation, number.longValue());
    }
    throw new MalformedConditionException(
        path, "expected a whole number from 0 to " + Count.MAX_THRESHOLD);
  }

  private static boolean isThreshold(Number number) {
    double value = number.doubleValue();
    return value >= 0 && value <= Count.MAX_THRESHOLD && value == Math.rint(value);
  }

  static Sum sum(FieldPath property, @Nullable Object json, String path) {
    return new Sum(property, all(json, path, "{\"$gte\":500}", ALL, Bounds::amount));
  }

  private static Sum.Bound amount(Relation relation, @Nullable Object constant, String path) {
    var millionths = constant instanceof Number number ? Sum.threshold(number) : null;
    if (millionths == null) {
      throw new MalformedConditionException(
          path,
          "expected a number of at most "
              + Sum.DECIMALS
              + " decimals, up to "
              + Sum.LARGEST
              + Parsing.found(constant));
    }
    return new Sum.Bound(relation, millionths);
  }

  static Age age(@Nullable Object json, String path) {
    return new Age(
        all(
            json,
            path,
            "{\"$lt\":\"P7D\"}",
            ORDERED,
            (relation, constant, at) -> new Age.Bound(relation, length(constant, at, ""))));
  }

  private static <T> List<T> all(
      @Nullable Object json, String path, String example, Set<Relation> known, Reader<T> reader) {
    if (!(json instanceof Map<?, ?> comparisons) || comparisons.isEmpty()) {
      throw new MalformedConditionException(
          path, "expected comparisons such as " + example + Parsing.found(json));
    }
    List<T> bounds = new ArrayList<>(comparisons.size());
    comparisons.forEach(
        (key, value) -> {
          var at = path + "." + key;
          bounds.add(reader.read(relation(String.valueOf(key), known, at), value, at));
        });
    return bounds;
  }

  private static Relation relation(String operator, Set<Relation> known, String path) {
    for (var relation : known) {
      if (relation.operator().equals(operator)) {
        return relation;
      }
    }
    throw new MalformedConditionException(
        path,
        "unknown operator "
            + operator
            + "; known: "
            + known.stream().map(Relation::operator).collect(Collectors.joining(", ")));
  }

  static Window window(@Nullable Object json, String path) {
    return switch (json instanceof String text ? text : "") {
      case "session" -> new Window.Session();
      case "ever" -> new Window.Ever();
      default -> new Window.Sliding(length(json, path, "\"session\", \"ever\" or "));
    };
  }

  /**
   * A positive length of time.
   *
   * @param otherwise what else could stand there
   */
  static Duration length(@Nullable Object json, String path, String otherwise) {
    var length = json instanceof String text ? duration(text) : null;
    if (length == null || length.toMillis() <= 0 || length.compareTo(LONGEST) > 0) {
      throw new MalformedConditionException(
          path,
          "expected "
              + otherwise
              + "a positive ISO-8601 duration such as \"P7D\" or \"PT30M\", of at most "
              + LONGEST.toDays()
              + " days");
    }
    return length;
  }

  /** ISO-8601 knows weeks, {@link Duration#parse} does not. */
  private static @Nullable Duration duration(String text) {
    try {
      return text.startsWith("P") && text.endsWith("W") && text.length() <= 6
          ? Duration.ofDays(7L * Integer.parseInt(text, 1, text.length() - 1, 10))
          : Duration.parse(text);
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }
}
