package io.marquetry.enrichment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The road a visitor came by.
 *
 * @param channel by what kind of road the visit began, see {@link Channel}; empty for a page that
 *     was reached from another of the same site
 * @param medium what kind of site the referrer is: {@code search}, {@code social}, {@code email},
 *     {@code chatbot}, {@code paid}, {@code internal}, {@code unknown}; empty without a referrer
 * @param source the referrer's name, null where it is none of those we know
 * @param term what was searched for, null where that is not said
 */
public record Referral(
    String channel, String medium, @Nullable String source, @Nullable String term) {

  /** What is known of it as plain values. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>(8);
    put(json, "channel", channel);
    put(json, "medium", medium);
    put(json, "source", source);
    put(json, "term", term);
    return json;
  }

  private static void put(Map<String, Object> json, String key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.put(key, value);
    }
  }
}
