package io.marquetry.segmentation.core;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * By what kind of road a visit began: {@code direct}, {@code search}, {@code social}, {@code
 * email}, {@code paid} or {@code referral}.
 *
 * <p>Design note: what the campaign says of itself outweighs the referrer, which mail programs and
 * paid links tend to hide. A referrer of the visitor's own site is no road to it. The lists name
 * the roads most traffic comes by; whatever they miss is a referral, never an error.
 */
final class Channel {
  private static final List<String> PAID =
      List.of("cpc", "ppc", "cpm", "cpv", "paid", "display", "banner", "retargeting");
  private static final List<String> CLICK_IDS = List.of("gclid=", "msclkid=", "dclid=", "wbraid=");
  private static final List<String> SEARCH =
      List.of(
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
  private static final List<String> SOCIAL =
      List.of(
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
  private static final List<String> SOCIAL_HOSTS = List.of("t.co", "x.com", "youtu.be", "fb.me");
  private static final List<String> MAIL =
      List.of("mail", "webmail", "outlook", "email", "newsletter");

  private Channel() {}

  /**
   * The road an event came by.
   *
   * @param url of the page, for its host and its query
   */
  static String of(
      @Nullable String url, @Nullable String referrer, @Nullable Map<String, Object> campaign) {
    var medium = text(campaign, "medium");
    if (isPaid(medium, url)) {
      return "paid";
    }
    if (medium.contains("mail") || medium.equals("newsletter")) {
      return "email";
    }
    if (medium.contains("social")) {
      return "social";
    }
    var host = host(referrer);
    if (host.isEmpty() || host.equals(host(url))) {
      return campaign == null || campaign.isEmpty() ? "direct" : byName(text(campaign, "source"));
    }
    return byHost(host);
  }

  private static boolean isPaid(String medium, @Nullable String url) {
    return PAID.stream().anyMatch(medium::startsWith)
        || (url != null && CLICK_IDS.stream().anyMatch(url::contains));
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

  /**
   * The host of an address in lower case, without a leading {@code www.}; empty if there is none.
   */
  static String host(@Nullable String address) {
    int scheme = address == null ? -1 : address.indexOf("://");
    if (address == null || scheme < 0) {
      return "";
    }
    int start = scheme + 3;
    int end = start;
    while (end < address.length() && "/?#:".indexOf(address.charAt(end)) < 0) {
      end++;
    }
    var host = address.substring(start, end).toLowerCase(Locale.ROOT);
    return host.startsWith("www.") ? host.substring(4) : host;
  }

  private static String text(@Nullable Map<String, Object> map, String key) {
    return map != null && map.get(key) instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
  }
}
