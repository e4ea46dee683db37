package io.marquetry.segmentation.core.computed;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.condition.FieldPath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The computed attributes of one profile: {@code affinity.category.*}, {@code affinity.topic.*},
 * {@code topCategory}, {@code topTopic}, {@code priceSensitivity}, {@code channelPreference} and
 * {@code channels.*}, each below {@code attributes}.
 *
 * <p>Mutable, owned by its profile. A {@code phase} is any number that differs from profile to
 * profile and stays: it says when the values of this one move, see {@link Decay}.
 */
public final class Computed {
  /** The names of these attributes below {@code attributes}. */
  public static final Set<String> NAMES =
      Arrays.stream(Kind.values())
          .flatMap(kind -> kind.attributes().stream())
          .collect(Collectors.toUnmodifiableSet());

  private static final long NEVER = Long.MAX_VALUE;
  private static final int REASONS = 3;
  private static final int EXPLAINED = 10;

  private final Signals signals = new Signals();

  /**
   * Takes in what an event says.
   *
   * @param road by which the page that was seen was come to: {@code search}, {@code email} …; null
   *     where it is no such event
   * @return the attributes that may have another value now
   */
  public Set<String> take(Event event, @Nullable String road) {
    var read = new ArrayList<Signal>(2);
    var deed = new Deed(event);
    CategoryAffinity.read(deed, read);
    TopicEngagement.read(deed, read);
    PriceSensitivity.read(deed, read);
    ChannelPreference.read(deed, road, read);
    if (read.isEmpty()) {
      return Set.of();
    }
    var touched = new TreeSet<String>();
    for (var signal : read) {
      signals.add(signal);
      touched.addAll(signal.kind().attributes());
    }
    return touched;
  }

  /** The value of a field below {@code attributes}; null where nothing speaks for it. */
  public @Nullable Object field(FieldPath path, long now, long phase) {
    if (signals.isEmpty() || path.size() < 2) {
      return null;
    }
    return switch (path.name(1)) {
      case "affinity" -> affinity(path, now, phase);
      case "channels" -> below(channels(now, phase), path);
      case "topCategory" -> path.size() == 2 ? top(Kind.CATEGORY, now, phase) : null;
      case "topTopic" -> path.size() == 2 ? top(Kind.TOPIC, now, phase) : null;
      case "priceSensitivity" -> path.size() == 2 ? price(now, phase) : null;
      case "channelPreference" -> path.size() == 2 ? channel(now, phase) : null;
      default -> null;
    };
  }

  private @Nullable Object affinity(FieldPath path, long now, long phase) {
    if (path.size() == 4) {
      var kind = path.name(2).equals(Kind.TOPIC.key()) ? Kind.TOPIC : Kind.CATEGORY;
      return path.name(2).equals(kind.key())
          ? Leaning.of(signals.mass(kind, path.name(3), moment(kind, now, phase)))
          : null;
    }
    return below(affinities(now, phase), path);
  }

  /** What a path leads to in an object that is not there where it is empty. */
  private static @Nullable Object below(Map<String, Object> object, FieldPath path) {
    return object.isEmpty() ? null : path.resolve(object, 2);
  }

  private Map<String, Object> affinities(long now, long phase) {
    var all = new LinkedHashMap<String, Object>();
    for (var kind : List.of(Kind.CATEGORY, Kind.TOPIC)) {
      var leanings = Leaning.all(masses(kind, now, phase));
      if (!leanings.isEmpty()) {
        all.put(kind.key(), leanings);
      }
    }
    return all;
  }

  private @Nullable String top(Kind kind, long now, long phase) {
    return Leaning.top(masses(kind, now, phase));
  }

  private @Nullable Double price(long now, long phase) {
    return PriceSensitivity.of(signals, moment(Kind.PRICE, now, phase));
  }

  private @Nullable String channel(long now, long phase) {
    return ChannelPreference.preferred(signals, moment(Kind.CHANNEL, now, phase));
  }

  private Map<String, Object> channels(long now, long phase) {
    return ChannelPreference.shares(signals, moment(Kind.CHANNEL, now, phase));
  }

  private Map<String, Double> masses(Kind kind, long now, long phase) {
    return signals.masses(kind, moment(kind, now, phase));
  }

  private static long moment(Kind kind, long now, long phase) {
    return kind.decay().moment(now, phase);
  }

  /** Every attribute that has a value. */
  public Map<String, Object> values(long now, long phase) {
    var values = new LinkedHashMap<String, Object>();
    put(values, "affinity", affinities(now, phase));
    put(values, "topCategory", top(Kind.CATEGORY, now, phase));
    put(values, "topTopic", top(Kind.TOPIC, now, phase));
    put(values, "priceSensitivity", price(now, phase));
    put(values, "channelPreference", channel(now, phase));
    put(values, "channels", channels(now, phase));
    return values;
  }

  private static void put(Map<String, Object> values, String name, @Nullable Object value) {
    if (value != null && !(value instanceof Map<?, ?> map && map.isEmpty())) {
      values.put(name, value);
    }
  }

  /**
   * What the values rest on, by the path of the attribute: {@code {value, halfLifeDays, because:
   * [{event, at, weight}]}}, the signals that weigh most first.
   */
  public Map<String, Object> evidence(long now, long phase) {
    var evidence = new LinkedHashMap<String, Object>();
    for (var kind : List.of(Kind.CATEGORY, Kind.TOPIC)) {
      Leaning.all(masses(kind, now, phase)).entrySet().stream()
          .limit(EXPLAINED)
          .forEach(
              one ->
                  evidence.put(
                      "affinity." + kind.key() + "." + one.getKey(),
                      because(kind, one.getKey(), one.getValue(), now, phase)));
    }
    var price = price(now, phase);
    if (price != null) {
      evidence.put("priceSensitivity", because(Kind.PRICE, "", price, now, phase));
    }
    var channel = channel(now, phase);
    if (channel != null) {
      evidence.put("channelPreference", because(Kind.CHANNEL, channel, channel, now, phase));
    }
    return evidence;
  }

  private Map<String, Object> because(Kind kind, String key, Object value, long now, long phase) {
    long moment = moment(kind, now, phase);
    var reasons =
        signals.of(kind).reversed().stream()
            .filter(signal -> key.isEmpty() || signal.key().equals(key))
            .filter(signal -> signal.left(moment) != 0)
            .sorted(Comparator.comparingDouble((Signal one) -> -Math.abs(one.left(moment))))
            .limit(REASONS)
            .map(signal -> reason(signal, moment))
            .toList();
    return Map.of(
        "value", value, "halfLifeDays", kind.decay().halfLife().toDays(), "because", reasons);
  }

  private static Map<String, Object> reason(Signal signal, long moment) {
    var reason = new LinkedHashMap<String, Object>();
    reason.put("event", signal.event());
    reason.put("at", Instant.ofEpochMilli(signal.at()).toString());
    reason.put("for", signal.key());
    reason.put("weight", Rounded.of(signal.left(moment)));
    return reason;
  }

  /**
   * The next moment at which one of these attributes has another value, if nothing happens; {@link
   * Long#MAX_VALUE} for never.
   */
  public long nextMove(Set<String> attributes, long now, long phase) {
    long next = NEVER;
    if (signals.isEmpty() || attributes.isEmpty()) {
      return next;
    }
    for (var kind : Kind.values()) {
      var kept = signals.of(kind);
      if (!kept.isEmpty() && kind.attributes().stream().anyMatch(attributes::contains)) {
        long moment = moment(kind, now, phase);
        if (!kind.decay().isForgotten(moment - kept.getLast().at())) {
          next = Math.min(next, moment + kind.decay().step().toMillis());
        }
      }
    }
    return next;
  }

  /** Takes over what speaks for another history of the same person. */
  public void absorb(Computed other) {
    signals.absorb(other.signals);
  }

  /** For storing: by kind, {@code [at, key, event, weight]} of each signal. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    for (var kind : Kind.values()) {
      var kept = signals.of(kind);
      if (!kept.isEmpty()) {
        json.put(
            kind.key(),
            kept.stream()
                .map(one -> List.<Object>of(one.at(), one.key(), one.event(), one.weight()))
                .toList());
      }
    }
    return json;
  }

  /** Takes in what was stored. */
  public void restore(Map<String, Object> json) {
    for (var kind : Kind.values()) {
      if (json.get(kind.key()) instanceof List<?> list) {
        list.forEach(one -> signals.add(signal(kind, (List<?>) one)));
      }
    }
  }

  private static Signal signal(Kind kind, List<?> json) {
    return new Signal(
        kind,
        String.valueOf(json.get(1)).intern(),
        ((Number) json.get(0)).longValue(),
        String.valueOf(json.get(2)).intern(),
        ((Number) json.get(3)).doubleValue());
  }
}
