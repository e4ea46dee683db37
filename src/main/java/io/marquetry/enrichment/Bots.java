package io.marquetry.enrichment;

/**
 * Tells programs that announce themselves from people, by the user agent they send.
 *
 * <p>Most well-behaved programs leave an address to complain to, which browsers never do, or name
 * their trade. Libraries and headless browsers are not bots here: a shop's own systems use them to
 * send events. Telephones are called Cubot and Spider, so in the agent of one a trade counts only
 * where a version follows it.
 */
final class Bots {
  private static final String[] ADDRESSES = {"http://", "https://"};
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
    "xenu",
    "mailto:",
    "extractor",
    "lighthouse",
    "externalhit",
    "expander",
    "checklink",
    "linkfinder",
    "recon",
    "inspector",
    "ptst/",
    "thousandeyes",
    "catchpoint",
    "uptrends",
    "shodan",
    "zgrab",
    "httpx - ",
    "censys",
    "assetnote",
    "securityheaders",
    "watchtowr",
    "ubermetrics",
    "anthropic-ai",
    "cohere-ai",
    "-user/1",
    "chatgpt-user",
    "perplexity-user",
    "googleagent",
    "-google/",
    "buyforme",
    "playwright/",
    "observator",
    "scraping",
    "l9tcpid",
    "l9explore",
    "externalagent",
    "sitesucker",
    "webcopier",
    "httrack",
    "wappalyzer",
    "seokicks",
    "prerender",
    "grammarly",
    "link-check",
    "detectify",
    "nessus",
    "openvas",
    "qualys",
    "nikto",
    "sqlmap",
    "masscan",
    "safeinternet",
    "github-camo",
    "cardyb",
    "panscient",
    "zapier",
    "twingly",
    "keycdn-tools",
    "infrawatch",
    "robozilla",
    "slingstone",
    "trackable/",
    "mutant",
    "browsershots",
    "jndi:"
  };

  private Bots() {}

  /** Whether an agent in lower case announces a program. */
  static boolean announces(String lower) {
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
      boolean version = behind < lower.length() && lower.charAt(behind) == '/';
      if (version || behind == lower.length() || trade.endsWith("/")) {
        return true;
      }
      at = lower.indexOf(trade, behind);
    }
    return false;
  }
}
