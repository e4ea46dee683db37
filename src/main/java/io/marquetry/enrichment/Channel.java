package io.marquetry.enrichment;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * By what kind of road a visit began: {@code direct}, {@code search}, {@code social}, {@code
 * email}, {@code paid}, {@code affiliate}, {@code chatbot} or {@code referral}.
 *
 * <p>Design note: what the campaign says of itself outweighs the referrer, which mail programs and
 * paid links tend to hide; a click id says by which network a visitor was bought or mailed. A
 * referrer of the visitor's own site is no road to it. What the lists miss is a referral, never an
 * error.
 */
public final class Channel {
  private static final List<String> PAID =
      List.of("cpc", "ppc", "cpm", "cpv", "paid", "display", "banner", "retargeting");

  private Channel() {}

  /**
   * The channel of a visit that began with a page.
   *
   * @param url of the page
   * @param campaign as it is stated; null where nothing is
   */
  public static String of(
      @Nullable String url, @Nullable String referrer, @Nullable Map<String, Object> campaign) {
    var page = Address.of(url);
    return refer(page, Address.of(referrer), Campaigns.of(page, campaign)).channel();
  }

  /** The whole road; {@code campaign} as {@link Campaigns} leaves it. */
  static Referral refer(Address page, Address referrer, Map<String, Object> campaign) {
    boolean none = referrer.host().isEmpty();
    boolean internal = !none && referrer.host().equals(page.host());
    var source = none || internal ? null : Referrers.builtIn().find(referrer);
    var stated = stated(campaign);
    var medium = none ? "" : internal ? "internal" : source == null ? "unknown" : source.medium();
    var name = source == null || source.name().isEmpty() ? null : source.name();
    return new Referral(
        stated != null ? stated : byReferrer(medium, campaign),
        medium,
        name,
        source == null ? null : Referrers.term(source, referrer));
  }

  private static String byReferrer(String medium, Map<String, Object> campaign) {
    return switch (medium) {
      case "", "internal" -> campaign.isEmpty() ? "direct" : "referral";
      case "unknown" -> "referral";
      default -> medium;
    };
  }

  /** What the campaign says by its medium, its click id or its source; null for nothing. */
  private static @Nullable String stated(Map<String, Object> campaign) {
    if (campaign.isEmpty()) {
      return null;
    }
    var byMedium = byMedium(text(campaign, "medium"));
    if (byMedium != null) {
      return byMedium;
    }
    var byClick = Campaigns.channel(text(campaign, "clickIdType"));
    if (byClick != null) {
      return byClick;
    }
    var source = text(campaign, "source");
    boolean mail = source.contains("mail") || source.equals("newsletter");
    return mail ? "email" : Referrers.builtIn().medium(source);
  }

  private static @Nullable String byMedium(String medium) {
    if (medium.isEmpty()) {
      return null;
    }
    if (PAID.stream().anyMatch(medium::startsWith)) {
      return "paid";
    }
    if (medium.contains("mail") || medium.equals("newsletter")) {
      return "email";
    }
    if (medium.contains("social")) {
      return "social";
    }
    return switch (medium) {
      case "organic", "search" -> "search";
      case "affiliate", "affiliates", "partner" -> "affiliate";
      case "referral" -> "referral";
      default -> null;
    };
  }

  private static String text(Map<String, Object> map, String key) {
    return map.get(key) instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
  }
}
