package io.marquetry.platform;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object of the configuration strictly.
 *
 * <p>Every value is asked for by name, with its default and its bounds; what is wrong is gathered,
 * with its path, and what was never asked for is unknown. {@link #check} then fails with all of it
 * in one line. Read once, at start, into a record.
 */
public final class Settings {
  private final String path;
  private final Map<String, Object> values;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<Settings> children = new ArrayList<>();
  private final List<String> problems;

  private Settings(String path, Map<String, Object> values, List<String> problems) {
    this.path = path;
    this.values = values;
    this.problems = problems;
  }

  /**
   * Reads an object.
   *
   * @param path how messages name this object, such as {@code verticles.ingest}
   */
  public static Settings of(String path, Map<String, Object> values) {
    return new Settings(path, values, new ArrayList<>());
  }

  public int integer(String key, int fallback, int min, int max) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= min
        && number.intValue() <= max) {
      return number.intValue();
    }
    return wrong(key, value, "a whole number from " + min + " to " + max, fallback);
  }

  public double number(String key, double fallback, double min, double max) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.doubleValue();
    }
    return wrong(key, value, "a number from " + min + " to " + max, fallback);
  }

  public String text(String key, String fallback) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    return value instanceof String text ? text : wrong(key, value, "a text", fallback);
  }

  public boolean flag(String key, boolean fallback) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    return value instanceof Boolean flag ? flag : wrong(key, value, "true or false", fallback);
  }

  /** An ISO-8601 duration such as {@code PT0.2S}, longer than nothing. */
  public Duration duration(String key, Duration fallback) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    try {
      if (value instanceof String text && Duration.parse(text).isPositive()) {
        return Duration.parse(text);
      }
    } catch (DateTimeParseException e) {
      // falls through to the message that says what is expected
    }
    return wrong(key, value, "a duration such as \"PT0.2S\"", fallback);
  }

  public List<String> texts(String key, List<String> fallback) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    return wrong(key, value, "a list of texts", fallback);
  }

  public List<Integer> integers(String key, List<Integer> fallback, int min, int max) {
    var value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof List<?> list
        && list.stream()
            .allMatch(one -> one instanceof Long number && number >= min && number <= max)) {
      return list.stream().map(one -> ((Long) one).intValue()).toList();
    }
    return wrong(key, value, "a list of whole numbers from " + min + " to " + max, fallback);
  }

  /** An object whose values are texts, under names that are not known beforehand. */
  public Map<String, String> textMap(String key) {
    var value = value(key);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map
        && map.values().stream().allMatch(String.class::isInstance)) {
      var texts = new LinkedHashMap<String, String>();
      map.forEach((name, text) -> texts.put(String.valueOf(name), String.valueOf(text)));
      return texts;
    }
    return wrong(key, value, "an object of texts", Map.of());
  }

  /** An object inside this one; empty where it is left out. */
  @SuppressWarnings("unchecked")
  public Settings object(String key) {
    var value = value(key);
    Map<String, Object> inner = Map.of();
    if (value instanceof Map<?, ?> map) {
      inner = (Map<String, Object>) map;
    } else if (value != null) {
      wrong(key, value, "an object", "");
    }
    var child = new Settings(name(key), inner, problems);
    children.add(child);
    return child;
  }

  /** Marks a key as known that is read elsewhere. */
  public void ignore(String key) {
    known.add(key);
  }

  /**
   * Ends the reading.
   *
   * @throws StartupProblem with everything that is wrong here and in the objects inside
   */
  public void check() {
    findUnknown();
    if (!problems.isEmpty()) {
      throw new StartupProblem("wrong configuration: " + String.join("; ", problems));
    }
  }

  private void findUnknown() {
    for (var key : values.keySet()) {
      if (!known.contains(key)) {
        problems.add(name(key) + " is unknown; known here are " + known);
      }
    }
    children.forEach(Settings::findUnknown);
  }

  private @Nullable Object value(String key) {
    known.add(key);
    return values.get(key);
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private <T> T wrong(String key, Object value, String expected, T fallback) {
    problems.add(name(key) + " is " + value + ", expected " + expected);
    return fallback;
  }
}
