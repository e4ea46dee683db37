package io.marquetry.ingest.core;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Tells programs that announce themselves from people, by the user agent they send.
 *
 * <p>Most well-behaved programs leave an address to complain to, which browsers never do, or name
 * their trade. Libraries and headless browsers are not bots here: a shop's own systems use them to
 * send events. Telephones are called Cubot and Spider, so in the agent of one a trade counts only
 * where a version follows it.
 *
 * <p>A site sees few different agents at a time, so verdicts are remembered. Not thread-safe.
 */
final class Bots {
  private static final String[] ADDRESSES = {"http://", "https://", "+http"};
  private static final String[] TRADES = {
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scrape",
    "preview",
    "monitor",
    "archiv",
    "heritrix",
    "nutch",
    "facebookexternalhit",
    "facebookcatalog",
    "feed",
    "fetch",
    "checker",
    "linkcheck",
    "check_http",
    "validator",
    "indexer",
    "pingdom",
    "uptime",
    "proxy",
    "mediapartners",
    "google-",
    "googleother",
    "lighthouse",
    "gtmetrix",
    "siteimprove",
    "outbrain",
    "embedly",
    "whatsapp/",
    "qwantify",
    "coccoc",
    "ichiro",
    "probe",
    "scan",
    "rss",
    "synthetic",
    "survey",
    "appengine",
    "wordpress/",
    "parser",
    "analyz",
    "capture",
    "thumbnail",
    "favicon",
    "dataprovider",
    "ips-agent",
    "larbin",
    "phantomjs",
    "nagios",
    "zabbix",
    "datadog",
    "cloudflare",
    "netcraft",
    "pinterest/",
    "bubing",
    "admantx",
    "transcoder",
    "harvest",
    "nmap",
    "sitemap",
    "xenu"
  };

  private static final int MAX_KNOWN = 1_024;

  private final Map<String, Boolean> known = new HashMap<>();

  boolean matches(String userAgent) {
    if (userAgent.isEmpty()) {
      return false;
    }
    var verdict = known.get(userAgent);
    if (verdict == null) {
      if (known.size() == MAX_KNOWN) {
        known.clear();
      }
      verdict = announces(userAgent);
      known.put(userAgent, verdict);
    }
    return verdict;
  }

  private static boolean announces(String userAgent) {
    var lower = userAgent.toLowerCase(Locale.ROOT);
    for (var address : ADDRESSES) {
      if (lower.contains(address)) {
        return true;
      }
    }
    boolean device =
        (lower.contains("android") || lower.contains("smarttv")) && !lower.contains("compatible");
    for (var trade : TRADES) {
      if (device ? names(lower, trade) : lower.contains(trade)) {
        return true;
      }
    }
    return false;
  }

  private static boolean names(String lower, String trade) {
    int at = lower.indexOf(trade);
    while (at >= 0) {
      int behind = at + trade.length();
      if (trade.endsWith("/") || (behind < lower.length() && lower.charAt(behind) == '/')) {
        return true;
      }
      at = lower.indexOf(trade, behind);
    }
    return false;
  }
}
