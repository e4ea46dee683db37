package io.marquetry.bus;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What a visitor allows: a set of purposes, immutable.
 *
 * @param bits one bit for each granted purpose
 */
public record Purposes(int bits) {
  public static final Purposes NONE = new Purposes(0);
  public static final Purposes ALL = new Purposes(7);

  /** Why personal data may be used. */
  public enum Purpose {
    /** Recording what the visitor does, as theirs. */
    ANALYTICS(1),
    /** Choosing content by their profile. */
    PERSONALIZATION(2),
    /** Passing their profile on for campaigns. */
    MARKETING(4);

    private final int bit;

    Purpose(int bit) {
      this.bit = bit;
    }

    /** The name used in JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads {@code {"analytics": true, …}} over what was there before; a purpose that is not named
   * keeps its value.
   *
   * @throws Refused naming the purpose that is unknown or whose value is no boolean
   */
  public static Purposes parse(Map<String, Object> json, Purposes before) {
    var result = before;
    for (var entry : json.entrySet()) {
      var purpose = named(entry.getKey());
      if (!(entry.getValue() instanceof Boolean granted)) {
        throw new Refused(
            Refused.Reason.INVALID, "purposes." + entry.getKey(), "a purpose is true or false");
      }
      result = granted ? result.with(purpose) : result.without(purpose);
    }
    return result;
  }

  private static Purpose named(String key) {
    for (var purpose : Purpose.values()) {
      if (purpose.key().equals(key)) {
        return purpose;
      }
    }
    throw new Refused(
        Refused.Reason.INVALID,
        "purposes." + key,
        "unknown purpose; known are analytics, personalization, marketing");
  }

  public boolean allows(Purpose purpose) {
    return (bits & purpose.bit) != 0;
  }

  public Purposes with(Purpose purpose) {
    return new Purposes(bits | purpose.bit);
  }

  public Purposes without(Purpose purpose) {
    return new Purposes(bits & ~purpose.bit);
  }

  /** What both allow. */
  public Purposes and(Purposes other) {
    return new Purposes(bits & Objects.requireNonNull(other).bits);
  }

  /** {@code {"analytics": …, "personalization": …, "marketing": …}}, every purpose named. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    for (var purpose : Purpose.values()) {
      json.put(purpose.key(), allows(purpose));
    }
    return json;
  }
}
