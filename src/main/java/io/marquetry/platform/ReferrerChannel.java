package io.marquetry.platform;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * By what kind of road a visit began: {@code direct}, {@code search}, {@code social}, {@code
 * email}, {@code paid} or {@code referral}. What the campaign says of itself outweighs the
 * referrer.
 */
final class ReferrerChannel {
  private static final List<String> PAID =
      List.of("cpc", "ppc", "cpm", "cpv", "paid", "display", "banner", "retargeting");
  private static final List<String> CLICK_IDS = List.of("gclid=", "msclkid=", "dclid=", "wbraid=");
  private static final Set<String> SEARCH =
      Set.of(
          "google",
          "bing",
          "duckduckgo",
          "yahoo",
          "baidu",
          "yandex",
          "ecosia",
          "qwant",
          "startpage",
          "naver",
          "seznam",
          "sogou",
          "kagi");
  private static final Set<String> SOCIAL =
      Set.of(
          "facebook",
          "instagram",
          "linkedin",
          "twitter",
          "pinterest",
          "reddit",
          "tiktok",
          "youtube",
          "lnkd",
          "xing",
          "vk",
          "weibo",
          "mastodon",
          "threads");
  private static final Set<String> SOCIAL_HOSTS = Set.of("t.co", "x.com", "youtu.be", "fb.me");
  private static final Set<String> MAIL =
      Set.of("mail", "webmail", "outlook", "email", "newsletter");

  private ReferrerChannel() {}

  /**
   * @param referrerHost without {@code www.}; empty where there is none
   * @param query of the page's address
   */
  static String of(String referrerHost, String query, Map<String, Object> campaign) {
    var medium = text(campaign, "medium");
    if (PAID.stream().anyMatch(medium::startsWith)
        || CLICK_IDS.stream().anyMatch(query::contains)) {
      return "paid";
    }
    if (medium.contains("mail") || medium.equals("newsletter")) {
      return "email";
    }
    if (medium.contains("social")) {
      return "social";
    }
    if (referrerHost.isEmpty()) {
      return campaign.isEmpty() ? "direct" : byName(text(campaign, "source"));
    }
    return byHost(referrerHost);
  }

  private static String byName(String source) {
    if (SEARCH.contains(source)) {
      return "search";
    }
    return SOCIAL.contains(source) ? "social" : MAIL.contains(source) ? "email" : "referral";
  }

  private static String byHost(String host) {
    var labels = List.of(host.split("\\."));
    if (MAIL.contains(labels.getFirst())) {
      return "email";
    }
    if (SOCIAL_HOSTS.contains(host) || labels.stream().anyMatch(SOCIAL::contains)) {
      return "social";
    }
    return labels.stream().anyMatch(SEARCH::contains) ? "search" : "referral";
  }

  private static String text(Map<String, Object> map, String key) {
    return map.get(key) instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
  }
}
