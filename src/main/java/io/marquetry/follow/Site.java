package io.marquetry.follow;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.grant.ConsentCategories;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one site, read from its definition.
 *
 * @param trustsIdentify whether a browser's plain word is enough to claim a user id
 * @param defaults what holds for a visitor who made no choice
 * @param gpcStopsPersonalization whether {@code Sec-GPC} also opts out of personalization
 * @param origins foreign origins that may send beacons with the visitor's cookie
 * @param categories what the categories of its consent banner mean
 */
public record Site(
    String key,
    boolean trustsIdentify,
    Purposes defaults,
    boolean gpcStopsPersonalization,
    List<String> origins,
    ConsentCategories categories) {
  public Site {
    origins = List.copyOf(origins);
  }

  /**
   * What the opt-out signal of a browser ({@code Sec-GPC}) speaks of at a site: marketing, and
   * personalization where the site is set so. A site that is not defined allows nothing to begin
   * with.
   */
  public static Purposes stoppedByGpc(@Nullable Site site) {
    var stopped = Purposes.NONE.with(Purpose.MARKETING);
    return site == null || site.gpcStopsPersonalization()
        ? stopped.with(Purpose.PERSONALIZATION)
        : stopped;
  }

  /** All sites of a catalogue by key. */
  public static Map<String, Site> all(Catalogue catalogue) {
    var sites = new HashMap<String, Site>();
    for (var definition : catalogue.all(Kind.SITE)) {
      sites.put(definition.key(), of(definition));
    }
    return Map.copyOf(sites);
  }

  private static Site of(Definition definition) {
    var body = definition.body();
    return new Site(
        definition.key(),
        "trusted".equals(body.get("identify")),
        defaults(body.get("consentDefault")),
        Boolean.TRUE.equals(body.get("gpcStopsPersonalization")),
        texts(body.get("origins")),
        categories(body.get("consentCategories")));
  }

  /**
   * {@code "granted"}, {@code "denied"}, or the purposes one by one; denied where nothing is said.
   */
  @SuppressWarnings("unchecked")
  private static Purposes defaults(@Nullable Object value) {
    return switch (value) {
      case String text when text.equals("granted") -> Purposes.ALL;
      case Map<?, ?> map -> Purposes.parse((Map<String, Object>) map, Purposes.NONE);
      case null, default -> Purposes.NONE;
    };
  }

  @SuppressWarnings("unchecked")
  private static ConsentCategories categories(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        ? ConsentCategories.of((Map<String, Object>) map)
        : ConsentCategories.COMMON;
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
