package io.marquetry.enrichment;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event or a request says that something can be told from.
 *
 * @param site whose visitor it is
 * @param url of the page, or its path alone; empty where unknown
 * @param page the same, taken apart
 * @param referrer where the visitor came from; empty where unknown
 * @param userAgent as the browser sends it; empty where unknown
 * @param campaign what is stated of the campaign, null where nothing is
 */
public record Sighting(
    String site,
    String url,
    Address page,
    String referrer,
    String userAgent,
    @Nullable Map<String, Object> campaign) {

  public static Sighting of(
      String site,
      String url,
      String referrer,
      String userAgent,
      @Nullable Map<String, Object> campaign) {
    return new Sighting(site, url, Address.of(url), referrer, userAgent, campaign);
  }
}
