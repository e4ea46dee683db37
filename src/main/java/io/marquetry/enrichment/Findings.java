package io.marquetry.enrichment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was told of one sighting, for as long as it is worked on.
 *
 * <p>Each enrichment adds its own part, in order; a later one may read what an earlier one found.
 * Objects that are empty were not found out.
 */
public final class Findings {
  private Map<String, Object> device = Map.of();
  private Map<String, Object> campaign = Map.of();
  private Map<String, Object> page = Map.of();
  private @Nullable Referral referral;

  /** {@code class}, {@code os}, {@code browser}. */
  public Map<String, Object> device() {
    return device;
  }

  void device(Map<String, Object> found) {
    device = found;
  }

  /** What the address says of the campaign, under what was stated outright. */
  public Map<String, Object> campaign() {
    return campaign;
  }

  void campaign(Map<String, Object> found) {
    campaign = found;
  }

  /** {@code class} and {@code topic}. */
  public Map<String, Object> page() {
    return page;
  }

  void page(Map<String, Object> found) {
    page = found;
  }

  /** The road the visitor came by; null where that was not asked. */
  public @Nullable Referral referral() {
    return referral;
  }

  void referral(Referral found) {
    referral = found;
  }

  /** One object over another: what is stated goes before what was found out. */
  public static Map<String, Object> under(Map<String, Object> found, @Nullable Object stated) {
    if (!(stated instanceof Map<?, ?> map) || map.isEmpty()) {
      return found;
    }
    var merged = new LinkedHashMap<>(found);
    map.forEach((key, value) -> merged.put(String.valueOf(key), value));
    return Collections.unmodifiableMap(merged);
  }
}
