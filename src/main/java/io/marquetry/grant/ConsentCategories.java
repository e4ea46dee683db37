package io.marquetry.grant;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the categories of a consent banner mean in our purposes.
 *
 * <p>Tools for consent name categories as they like, and Segment's consent object carries those
 * names: {@code {"Advertising": true, "C0002": false}}. The common ones are known from the start, a
 * site may add to them and say otherwise; a purpose's own name always means that purpose. Where
 * several categories stand for a purpose, it is allowed only if all of them are. A category that is
 * unknown says nothing. Immutable.
 */
public final class ConsentCategories {
  /** The event by which a visitor's choice becomes what is on record. */
  public static final String UPDATE = "Segment Consent Preference Updated";

  /** Stands for every purpose that no other category of the same object speaks of. */
  public static final String REST = "*";

  private static final int MAX_CATEGORIES = 100;
  private static final Map<String, Set<Purpose>> KNOWN = known();

  /** Without a word of the site. */
  public static final ConsentCategories COMMON = new ConsentCategories(KNOWN);

  private final Map<String, Set<Purpose>> purposes;

  private ConsentCategories(Map<String, Set<Purpose>> purposes) {
    this.purposes = purposes;
  }

  private static Map<String, Set<Purpose>> known() {
    var known = new HashMap<String, Set<Purpose>>();
    for (var name : List.of("analytical", "performance", "statistics", "measurement", "c0002")) {
      known.put(name, EnumSet.of(Purpose.ANALYTICS));
    }
    for (var name :
        List.of("personalisation", "functional", "functionality", "preferences", "c0003")) {
      known.put(name, EnumSet.of(Purpose.PERSONALIZATION));
    }
    for (var name :
        List.of("advertising", "advertisement", "targeting", "social media", "c0004", "c0005")) {
      known.put(name, EnumSet.of(Purpose.MARKETING));
    }
    for (var purpose : Purpose.values()) {
      known.put(purpose.key(), EnumSet.of(purpose));
    }
    return Map.copyOf(known);
  }

  /**
   * With what a site says: category to the name of a purpose, or a list of names, which may be
   * empty for a category that concerns none.
   *
   * @throws Refused naming the category that is wrong
   */
  public static ConsentCategories of(Map<String, Object> configured) {
    if (configured.isEmpty()) {
      return COMMON;
    }
    if (configured.size() > MAX_CATEGORIES) {
      throw new Refused(Reason.INVALID, "", "at most " + MAX_CATEGORIES + " categories");
    }
    var purposes = new HashMap<>(KNOWN);
    configured.forEach(
        (category, named) -> {
          if (isPurpose(category)) {
            throw new Refused(Reason.INVALID, category, "is a purpose, and means itself");
          }
          purposes.put(lower(category), purposes(category, named));
        });
    return new ConsentCategories(Map.copyOf(purposes));
  }

  private static boolean isPurpose(String category) {
    for (var purpose : Purpose.values()) {
      if (purpose.key().equals(lower(category))) {
        return true;
      }
    }
    return false;
  }

  private static Set<Purpose> purposes(String category, @Nullable Object named) {
    var found = EnumSet.noneOf(Purpose.class);
    for (var name : named instanceof List<?> list ? list : List.of(String.valueOf(named))) {
      boolean known = false;
      for (var purpose : Purpose.values()) {
        if (purpose.key().equals(name)) {
          known = found.add(purpose) || known;
        }
      }
      if (!known) {
        throw new Refused(
            Reason.INVALID,
            category,
            "must be analytics, personalization or marketing, or a list of different ones");
      }
    }
    return found;
  }

  private static String lower(String category) {
    return category.strip().toLowerCase(Locale.ROOT);
  }

  /** The consent object of a call: category to granted or not; empty where it has none. */
  public static Map<?, ?> preferences(Map<String, Object> call) {
    return call.get("context") instanceof Map<?, ?> context
            && context.get("consent") instanceof Map<?, ?> consent
            && consent.get("categoryPreferences") instanceof Map<?, ?> preferences
        ? preferences
        : Map.of();
  }

  /** What preferences come to: purpose name to granted or not, for those they speak of. */
  public Map<String, Object> choices(Map<?, ?> preferences) {
    var choices = new LinkedHashMap<String, Object>();
    int seen = 0;
    for (var preference : preferences.entrySet()) {
      if (preference.getValue() instanceof Boolean granted && seen++ < MAX_CATEGORIES) {
        for (var purpose :
            purposes.getOrDefault(lower(String.valueOf(preference.getKey())), Set.of())) {
          choices.merge(
              purpose.key(), granted, (one, other) -> Boolean.TRUE.equals(one) && granted);
        }
      }
    }
    if (preferences.get(REST) instanceof Boolean granted) {
      for (var purpose : Purpose.values()) {
        choices.putIfAbsent(purpose.key(), granted);
      }
    }
    return choices;
  }

  /** Whether preferences refuse a purpose, as against not speaking of it. */
  public boolean refuse(Purpose purpose, Map<?, ?> preferences) {
    return !preferences.isEmpty() && Boolean.FALSE.equals(choices(preferences).get(purpose.key()));
  }
}
