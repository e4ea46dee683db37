package io.marquetry.platform;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request says of itself, in the shape in which conditions read it: {@code
 * context.page.*}, {@code campaign.*}, {@code device.*}, {@code geo.*} and {@code session.*} as
 * nested plain values.
 *
 * <p>Worked out from address, referrer and user agent; what the caller states outright goes before
 * what is worked out. {@code session} says how the visit began, and only where this request begins
 * one: where the referrer is another site or there is none.
 */
public final class RequestContext {
  private static final int MAX_ADDRESS = 4_096;
  private static final int MAX_VALUE = 256;
  private static final int MAX_PARAMETERS = 64;

  private RequestContext() {}

  /**
   * Builds the context of one request.
   *
   * @param url address of the page, or its path; empty where unknown
   * @param referrer where the visitor came from; empty where unknown
   * @param userAgent as the browser sends it; empty where unknown
   * @param stated what the caller states: {@code geo}, {@code page}, {@code campaign}, {@code
   *     device}, {@code session} as objects; everything else goes below {@code context}
   */
  public static Map<String, Object> of(
      String url, String referrer, String userAgent, Map<String, Object> stated) {
    var campaign = merged(campaign(url), stated.get("campaign"));
    var context = new LinkedHashMap<String, Object>();
    stated.forEach((key, value) -> putContext(context, key, value));
    context.put("page", merged(page(url, referrer), stated.get("page")));
    var all = new LinkedHashMap<String, Object>();
    all.put("context", Collections.unmodifiableMap(context));
    putUnlessEmpty(all, "campaign", campaign);
    putUnlessEmpty(all, "device", merged(UserAgent.classify(userAgent), stated.get("device")));
    putUnlessEmpty(all, "geo", merged(Map.of(), stated.get("geo")));
    putUnlessEmpty(all, "session", merged(session(url, referrer, campaign), stated.get("session")));
    return Collections.unmodifiableMap(all);
  }

  private static void putContext(Map<String, Object> context, String key, Object value) {
    switch (key) {
      case "geo", "page", "campaign", "device", "session", "url", "referrer", "userAgent" -> {}
      default -> context.put(key, value);
    }
  }

  private static void putUnlessEmpty(
      Map<String, Object> all, String key, Map<String, Object> value) {
    if (!value.isEmpty()) {
      all.put(key, value);
    }
  }

  private static Map<String, Object> merged(Map<String, Object> found, @Nullable Object stated) {
    if (!(stated instanceof Map<?, ?> map) || map.isEmpty()) {
      return found;
    }
    var merged = new LinkedHashMap<>(found);
    map.forEach((key, value) -> merged.put(String.valueOf(key), value));
    return Collections.unmodifiableMap(merged);
  }

  private static Map<String, Object> page(String url, String referrer) {
    var page = new LinkedHashMap<String, Object>();
    if (!url.isEmpty() && url.length() <= MAX_ADDRESS) {
      page.put("url", url);
      page.put("path", path(url));
      var query = query(url);
      if (!query.isEmpty()) {
        page.put("search", "?" + query);
      }
    }
    if (!referrer.isEmpty() && referrer.length() <= MAX_ADDRESS) {
      page.put("referrer", referrer);
    }
    return page;
  }

  /** The {@code utm_*} parameters; {@code utm_campaign} is the campaign's name. */
  private static Map<String, Object> campaign(String url) {
    var query = query(url);
    if (!query.contains("utm_")) {
      return Map.of();
    }
    var campaign = new LinkedHashMap<String, Object>();
    for (var parameter : query.split("&", MAX_PARAMETERS)) {
      int equals = parameter.indexOf('=');
      if (parameter.startsWith("utm_") && equals > 4 && equals < parameter.length() - 1) {
        var name = parameter.substring(4, equals);
        var value = decoded(parameter.substring(equals + 1));
        if (!value.isEmpty() && value.length() <= MAX_VALUE) {
          campaign.put(name.equals("campaign") ? "name" : name, value);
        }
      }
    }
    return campaign;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static Map<String, Object> session(
      String url, String referrer, Map<String, Object> campaign) {
    if (url.isEmpty() || (!referrer.isEmpty() && host(referrer).equals(host(url)))) {
      return Map.of();
    }
    var session = new LinkedHashMap<String, Object>();
    session.put("landingPath", path(url));
    session.put("referrerChannel", ReferrerChannel.of(host(referrer), query(url), campaign));
    return session;
  }

  /** The path of an address, {@code /} where it has none. */
  static String path(String url) {
    int start = afterHost(url);
    int end = start;
    while (end < url.length() && url.charAt(end) != '?' && url.charAt(end) != '#') {
      end++;
    }
    return start == end ? "/" : url.substring(start, end);
  }

  /** The query of an address without its question mark; empty where it has none. */
  static String query(String url) {
    int end = url.indexOf('#');
    var bare = end < 0 ? url : url.substring(0, end);
    int start = bare.indexOf('?');
    return start < 0 ? "" : bare.substring(start + 1);
  }

  /** The host of an address in lower case, without {@code www.}; empty where it names none. */
  static String host(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0) {
      return "";
    }
    var authority = url.substring(scheme + 3, afterHost(url));
    int user = authority.lastIndexOf('@');
    int port = authority.indexOf(':', user + 1);
    var host =
        authority
            .substring(user + 1, port < 0 ? authority.length() : port)
            .toLowerCase(java.util.Locale.ROOT);
    return host.startsWith("www.") ? host.substring(4) : host;
  }

  private static int afterHost(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0) {
      return 0;
    }
    int end = scheme + 3;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
