package io.marquetry.bandit;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A bandit as somebody defined it: {@code {"kind":"bandit", …}} where a strategy stands.
 *
 * @param key names what is learnt; null where the place of the strategy does
 * @param arms keys of variants, at least two
 * @param segments visitors in them are told apart, the first that holds counts
 * @param contextual whether every combination of the segments counts, not the first alone
 * @param window how long after an exposure a reward counts, milliseconds
 * @param epoch how long a table holds, milliseconds
 * @param floor least share of an arm; 0 for the usual one, see {@link #floor(int)}
 * @param discount what one hour leaves of the weight of what was learnt, up to 1
 */
public record BanditSpec(
    @Nullable String key,
    List<String> arms,
    List<String> segments,
    boolean contextual,
    Reward reward,
    long window,
    long epoch,
    double floor,
    double discount) {
  /** More could not be told apart in any time, and their shares are computed exactly. */
  public static final int MOST_ARMS = 20;

  private static final int MOST_SEGMENTS = 20;
  private static final int MOST_CROSSED = 6;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final TreeSet<String> KNOWN =
      new TreeSet<>(
          List.of(
              "kind",
              "key",
              "arms",
              "segments",
              "contextual",
              "reward",
              "window",
              "epoch",
              "floor",
              "discount"));

  public BanditSpec {
    arms = List.copyOf(arms);
    segments = List.copyOf(segments);
  }

  /**
   * What counts as success.
   *
   * @param event name of the event
   * @param where dotted paths of the event's fields and what they must be equal to
   * @param value dotted path of the number that is won; null where it only counts whether
   */
  public record Reward(String event, Map<String, Object> where, @Nullable String value) {
    public Reward {
      where = Collections.unmodifiableMap(new LinkedHashMap<>(where));
    }

    /**
     * What an event is worth.
     *
     * @param name of the event
     * @param fields its {@code properties}, {@code context} and so on
     * @return null where it is none, or holds no finite number where one is wanted
     */
    public @Nullable Double of(String name, Map<String, Object> fields) {
      if (!event.equals(name)) {
        return null;
      }
      for (var wanted : where.entrySet()) {
        if (!same(wanted.getValue(), at(fields, wanted.getKey()))) {
          return null;
        }
      }
      if (value == null) {
        return 1.0;
      }
      return at(fields, value) instanceof Number number && Double.isFinite(number.doubleValue())
          ? number.doubleValue()
          : null;
    }

    private static boolean same(@Nullable Object wanted, @Nullable Object found) {
      return (wanted instanceof Number one && found instanceof Number other)
          ? one.doubleValue() == other.doubleValue()
          : Objects.equals(wanted, found);
    }

    private static @Nullable Object at(Map<String, Object> fields, String path) {
      Object value = fields;
      for (var step : path.split("\\.", -1)) {
        value = value instanceof Map<?, ?> map ? map.get(step) : null;
      }
      return value;
    }
  }

  /** Whether a body is a bandit's. */
  public static boolean is(@Nullable Object strategy) {
    return strategy instanceof Map<?, ?> body && "bandit".equals(body.get("kind"));
  }

  /**
   * Reads a strategy.
   *
   * @throws IllegalArgumentException saying {@code field: what is wrong}
   */
  public static BanditSpec parse(Map<?, ?> body) {
    for (var field : body.keySet()) {
      if (!KNOWN.contains(String.valueOf(field))) {
        throw wrong(String.valueOf(field), "is unknown; known are " + String.join(", ", KNOWN));
      }
    }
    var spec =
        new BanditSpec(
            text(body, "key"),
            texts(body, "arms", MOST_ARMS),
            texts(body, "segments", MOST_SEGMENTS),
            flag(body, "contextual"),
            reward(body.get("reward")),
            duration(body, "window", Duration.ofDays(1)),
            duration(body, "epoch", Duration.ofHours(1)),
            number(body, "floor", 0, 0.5),
            number(body, "discount", 1, 1));
    spec.check(body);
    return spec;
  }

  private void check(Map<?, ?> body) {
    if (arms.size() < 2) {
      throw wrong("arms", "must be a list of at least two variants");
    }
    if (floor > 0 && floor * arms.size() >= 1) {
      throw wrong("floor", "leaves nothing to learn with: " + arms.size() + " arms");
    }
    if (body.containsKey("floor") && floor == 0) {
      throw wrong("floor", "must be more than 0, or left out");
    }
    if (discount == 0) {
      throw wrong("discount", "must be more than 0");
    }
    if (contextual && (segments.isEmpty() || segments.size() > MOST_CROSSED)) {
      throw wrong("contextual", "needs 1 to " + MOST_CROSSED + " segments to combine");
    }
    if (contextual && reward.value() != null) {
      throw wrong("contextual", "learns whether a reward came, so reward.value cannot be given");
    }
  }

  /**
   * The least share of each of so many arms. Every arm must stay measurable: 1 %, and with few arms
   * a twentieth of the whole divided among them. What was asked for is cut where so many arms could
   * not all have it.
   */
  public double floor(int arms) {
    return Math.min(floor > 0 ? floor : Math.max(0.01, 0.05 / arms), 0.5 / arms);
  }

  private static Reward reward(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> body)) {
      throw wrong("reward", "is required: {event, where?, value?}");
    }
    for (var field : body.keySet()) {
      if (!List.of("event", "where", "value").contains(String.valueOf(field))) {
        throw wrong("reward." + field, "is unknown; known are event, value, where");
      }
    }
    if (!(body.get("event") instanceof String event) || event.isBlank()) {
      throw wrong("reward.event", "is required: the name of an event");
    }
    var path = body.get("value");
    if (path != null && !(path instanceof String)) {
      throw wrong("reward.value", "must be the path of a number, such as properties.total");
    }
    return new Reward(event, where(body.get("where")), (String) path);
  }

  private static Map<String, Object> where(@Nullable Object value) {
    var where = new LinkedHashMap<String, Object>();
    if (value == null) {
      return where;
    }
    if (!(value instanceof Map<?, ?> body)) {
      throw wrong("reward.where", "must be an object of paths and values");
    }
    body.forEach(
        (path, wanted) -> {
          if (wanted instanceof String || wanted instanceof Number || wanted instanceof Boolean) {
            where.put(String.valueOf(path), wanted);
          } else {
            throw wrong("reward.where." + path, "must be a text, a number, true or false");
          }
        });
    return where;
  }

  private static @Nullable String text(Map<?, ?> body, String field) {
    var value = body.get(field);
    if (value == null || (value instanceof String text && !text.isBlank())) {
      return (String) value;
    }
    throw wrong(field, "must be a text");
  }

  private static List<String> texts(Map<?, ?> body, String field, int most) {
    var value = body.get(field);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > most) {
      throw wrong(field, "must be a list of at most " + most + " keys");
    }
    for (var one : list) {
      if (!(one instanceof String key) || key.isEmpty() || key.indexOf('+') >= 0) {
        throw wrong(field, "must be a list of keys");
      }
    }
    if (new HashSet<>(list).size() < list.size()) {
      throw wrong(field, "names something twice");
    }
    return list.stream().map(String.class::cast).toList();
  }

  private static boolean flag(Map<?, ?> body, String field) {
    return switch (body.get(field)) {
      case null -> false;
      case Boolean flag -> flag;
      default -> throw wrong(field, "must be true or false");
    };
  }

  private static double number(Map<?, ?> body, String field, double fallback, double most) {
    return switch (body.get(field)) {
      case null -> fallback;
      case Number number when number.doubleValue() >= 0 && number.doubleValue() <= most ->
          number.doubleValue();
      default -> throw wrong(field, "must be a number up to " + most);
    };
  }

  private static long duration(Map<?, ?> body, String field, Duration fallback) {
    var value = body.get(field);
    if (value == null) {
      return fallback.toMillis();
    }
    try {
      if (value instanceof String text) {
        var duration = Duration.parse(text);
        if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0) {
          return duration.toMillis();
        }
      }
    } catch (DateTimeParseException e) {
      // falls through to the message that says what is expected
    }
    throw wrong(field, "must be a duration from " + SHORTEST + " to P30D, such as PT1H");
  }

  private static IllegalArgumentException wrong(String field, String message) {
    return new IllegalArgumentException(field + ": " + message);
  }
}
