package io.marquetry.condition;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A second reading of the condition language, straight from the JSON and without any preparation;
 * slow and plain on purpose, and sharing no code with the compiled one.
 */
final class NaiveInterpreter {
  private NaiveInterpreter() {}

  static boolean holds(Map<?, ?> condition, @Nullable Object object) {
    return condition.entrySet().stream()
        .allMatch(
            entry -> {
              Object value = entry.getValue();
              return switch ((String) entry.getKey()) {
                case "$and" ->
                    ((List<?>) value).stream().allMatch(c -> holds((Map<?, ?>) c, object));
                case "$or" -> any((List<?>) value, object);
                case "$nor" -> !any((List<?>) value, object);
                case "$not" -> !holds((Map<?, ?>) value, object);
                case String path -> passes(value, lookUp(object, Arrays.asList(path.split("\\."))));
              };
            });
  }

  private static boolean any(List<?> conditions, @Nullable Object object) {
    return conditions.isEmpty() || conditions.stream().anyMatch(c -> holds((Map<?, ?>) c, object));
  }

  private static @Nullable Object lookUp(@Nullable Object object, List<String> steps) {
    if (steps.isEmpty()) {
      return object;
    }
    Object next = object instanceof Map<?, ?> map ? map.get(steps.getFirst()) : null;
    return lookUp(next, steps.subList(1, steps.size()));
  }

  private static boolean isOperators(@Nullable Object json) {
    return json instanceof Map<?, ?> map
        && map.keySet().stream().anyMatch(key -> key.toString().startsWith("$"));
  }

  static boolean passes(@Nullable Object wanted, @Nullable Object value) {
    if (wanted instanceof Map<?, ?> map && isOperators(map)) {
      return map.entrySet().stream()
          .allMatch(e -> operator((String) e.getKey(), e.getValue(), value));
    }
    return switch (wanted) {
      case null -> value == null;
      case String text -> text.equals(asText(value));
      case Number number -> asNumber(value) == number.doubleValue();
      case Boolean truth -> value != null && truth == isTrue(value);
      default -> normal(wanted).equals(normal(value));
    };
  }

  private static boolean operator(String name, @Nullable Object wanted, @Nullable Object value) {
    return switch (name) {
      case "$eq" -> strict(wanted, value);
      case "$ne" -> !strict(wanted, value);
      case "$gt" -> order(value, wanted, 1);
      case "$lt" -> order(value, wanted, -1);
      case "$gte" -> order(value, wanted, 1) || order(value, wanted, 0);
      case "$lte" -> order(value, wanted, -1) || order(value, wanted, 0);
      case "$in" -> among((List<?>) Objects.requireNonNull(wanted), value);
      case "$nin" -> !among((List<?>) Objects.requireNonNull(wanted), value);
      case "$exists" -> Boolean.TRUE.equals(wanted) == (value != null);
      case "$not" -> !passes(wanted, value);
      case "$size" -> value instanceof List<?> list && passes(wanted, list.size());
      case "$all" ->
          value instanceof List<?> list
              && ((List<?>) Objects.requireNonNull(wanted))
                  .stream().allMatch(w -> list.stream().anyMatch(v -> passes(w, v)));
      case "$elemMatch" ->
          value instanceof List<?> list
              && list.stream()
                  .filter(NaiveInterpreter::isTrue)
                  .anyMatch(
                      v ->
                          isOperators(wanted)
                              ? passes(wanted, v)
                              : holds((Map<?, ?>) Objects.requireNonNull(wanted), v));
      case "$regex" ->
          value != null
              && java.util.regex.Pattern.compile(String.valueOf(wanted))
                  .matcher(asText(value))
                  .find();
      case "$veq" -> version(value).equals(version(wanted));
      case "$vgt" -> version(value).compareTo(version(wanted)) > 0;
      case "$vlt" -> version(value).compareTo(version(wanted)) < 0;
      default -> throw new AssertionError(name);
    };
  }

  private static boolean strict(@Nullable Object a, @Nullable Object b) {
    return !(b instanceof List) && !(b instanceof Map) && normal(a).equals(normal(b));
  }

  private static boolean among(List<?> wanted, @Nullable Object value) {
    Stream<?> values =
        value instanceof List<?> list ? list.stream() : Stream.of(new Object[] {value});
    return values.anyMatch(v -> wanted.stream().anyMatch(w -> strict(w, v)));
  }

  private static boolean order(@Nullable Object a, @Nullable Object b, int sign) {
    if (isTextual(a) && isTextual(b)) {
      return Integer.signum(asText(a).compareTo(asText(b))) == sign;
    }
    double x = asNumber(a);
    double y = asNumber(b);
    return sign > 0 ? x > y : sign < 0 ? x < y : x == y;
  }

  private static boolean isTextual(@Nullable Object value) {
    return !(value == null || value instanceof Number || value instanceof Boolean);
  }

  private static boolean isTrue(@Nullable Object value) {
    return !(value == null
        || value.equals("")
        || value.equals(false)
        || (value instanceof Number n && n.doubleValue() == 0));
  }

  private static double asNumber(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value) ? 1 : 0;
    }
    String text = asText(value).strip();
    boolean decimal = text.matches("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
    return text.isEmpty() ? 0 : decimal ? Double.parseDouble(text) : Double.NaN;
  }

  private static String asText(@Nullable Object value) {
    return switch (value) {
      case List<?> list ->
          list.stream().map(v -> v == null ? "" : asText(v)).collect(Collectors.joining(","));
      case Map<?, ?> _ -> "[object Object]";
      case Number number -> number.toString().replaceAll("\\.0$", "");
      case null, default -> String.valueOf(value);
    };
  }

  /** A form in which equal JSON values are equal Java texts. */
  private static String normal(@Nullable Object value) {
    return switch (value) {
      case String text -> "'" + text + "'";
      case List<?> list -> list.stream().map(NaiveInterpreter::normal).toList().toString();
      case Map<?, ?> map ->
          map.entrySet().stream()
                  .map(e -> e.getKey() + ":" + normal(e.getValue()))
                  .sorted()
                  .toList()
              + "{}";
      case null, default -> asText(value);
    };
  }

  private static String version(@Nullable Object value) {
    String text = value instanceof String || value instanceof Number ? asText(value) : "0";
    String[] parts = (text.isEmpty() ? "0" : text).replaceAll("^v|\\+.*$", "").split("[-.]", -1);
    String joined =
        Arrays.stream(parts)
            .map(p -> p.matches("[0-9]+") ? " ".repeat(Math.max(0, 5 - p.length())) + p : p)
            .collect(Collectors.joining("-"));
    return parts.length == 3 ? joined + "-~" : joined;
  }
}
