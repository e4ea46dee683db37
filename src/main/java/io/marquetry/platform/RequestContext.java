package io.marquetry.platform;

import io.marquetry.enrichment.Enricher;
import io.marquetry.enrichment.Findings;
import io.marquetry.enrichment.Referral;
import io.marquetry.enrichment.Sighting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request says of itself, in the shape in which conditions read it: {@code
 * context.page.*}, {@code context.referrer.*}, {@code campaign.*}, {@code device.*}, {@code geo.*}
 * and {@code session.*} as nested plain values.
 *
 * <p>Worked out from address, referrer and user agent, by the same {@link Enricher} that events go
 * through; what the caller states outright goes before what is worked out. {@code session} says how
 * the visit began, and only where this request begins one: where the referrer is another site or
 * there is none. To be used on the event loop that made it.
 */
public final class RequestContext {
  private static final int MAX_ADDRESS = 4_096;

  private final Enricher enricher;

  public RequestContext(Enricher enricher) {
    this.enricher = enricher;
  }

  /**
   * Builds the context of one request.
   *
   * @param site whose page it is
   * @param url address of the page, or its path; empty where unknown
   * @param referrer where the visitor came from; empty where unknown
   * @param userAgent as the browser sends it; empty where unknown
   * @param stated what the caller states: {@code geo}, {@code page}, {@code campaign}, {@code
   *     device}, {@code session} as objects; everything else goes below {@code context}
   */
  public Map<String, Object> of(
      String site, String url, String referrer, String userAgent, Map<String, Object> stated) {
    var seen = Sighting.of(site, url, referrer, userAgent, object(stated.get("campaign")));
    var found = enricher.enrich(seen);
    var context = new LinkedHashMap<String, Object>();
    stated.forEach((key, value) -> putContext(context, key, value));
    context.put("page", Findings.under(page(seen, found), stated.get("page")));
    putUnlessEmpty(context, "referrer", referral(found.referral()));
    var all = new LinkedHashMap<String, Object>();
    all.put("context", Collections.unmodifiableMap(context));
    putUnlessEmpty(all, "campaign", found.campaign());
    putUnlessEmpty(all, "device", Findings.under(found.device(), stated.get("device")));
    putUnlessEmpty(all, "geo", Findings.under(Map.of(), stated.get("geo")));
    putUnlessEmpty(all, "session", Findings.under(session(seen, found), stated.get("session")));
    return Collections.unmodifiableMap(all);
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Map<String, Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
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

  private static Map<String, Object> page(Sighting seen, Findings found) {
    var page = new LinkedHashMap<>(found.page());
    if (!seen.url().isEmpty() && seen.url().length() <= MAX_ADDRESS) {
      page.put("url", seen.url());
      page.put("path", seen.page().path());
      if (!seen.page().query().isEmpty()) {
        page.put("search", "?" + seen.page().query());
      }
    }
    if (!seen.referrer().isEmpty() && seen.referrer().length() <= MAX_ADDRESS) {
      page.put("referrer", seen.referrer());
    }
    return page;
  }

  private static Map<String, Object> referral(@Nullable Referral referral) {
    return referral == null || referral.medium().isEmpty() ? Map.of() : referral.toJson();
  }

  private static Map<String, Object> session(Sighting seen, Findings found) {
    var road = found.referral();
    if (seen.url().isEmpty() || road == null || road.medium().equals("internal")) {
      return Map.of();
    }
    var session = new LinkedHashMap<String, Object>();
    session.put("landingPath", seen.page().path());
    session.put("referrerChannel", road.channel());
    return session;
  }
}
