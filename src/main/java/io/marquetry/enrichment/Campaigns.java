package io.marquetry.enrichment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an address says of the campaign that brought the visitor: its {@code utm_*} parameters
 * ({@code utm_campaign} is the campaign's name) and the click id that an advertising or mailing
 * network adds, as {@code clickId}, {@code clickIdType} and {@code network}.
 */
final class Campaigns implements Enrichment {
  private static final int MAX_VALUE = 256;

  /** Whose click id a parameter is, and what a visit that carries it came by. */
  private record Network(String name, String channel) {}

  private static final Map<String, Network> NETWORKS =
      Map.ofEntries(
          Map.entry("gclid", new Network("google", "paid")),
          Map.entry("gbraid", new Network("google", "paid")),
          Map.entry("wbraid", new Network("google", "paid")),
          Map.entry("dclid", new Network("google", "paid")),
          Map.entry("msclkid", new Network("microsoft", "paid")),
          Map.entry("yclid", new Network("yandex", "paid")),
          Map.entry("ttclid", new Network("tiktok", "paid")),
          Map.entry("twclid", new Network("x", "paid")),
          Map.entry("li_fat_id", new Network("linkedin", "paid")),
          Map.entry("rdt_cid", new Network("reddit", "paid")),
          Map.entry("ScCid", new Network("snapchat", "paid")),
          Map.entry("tblci", new Network("taboola", "paid")),
          Map.entry("dicbo", new Network("outbrain", "paid")),
          Map.entry("fbclid", new Network("facebook", "social")),
          Map.entry("igshid", new Network("instagram", "social")),
          Map.entry("epik", new Network("pinterest", "social")),
          Map.entry("mc_eid", new Network("mailchimp", "email")),
          Map.entry("mkt_tok", new Network("marketo", "email")),
          Map.entry("_hsenc", new Network("hubspot", "email")),
          Map.entry("vero_id", new Network("vero", "email")));

  @Override
  public String name() {
    return "campaign";
  }

  @Override
  public void enrich(Sighting seen, Findings found) {
    found.campaign(of(seen.page(), seen.campaign()));
  }

  /** What the address says, under what is stated. */
  static Map<String, Object> of(Address page, @Nullable Map<String, Object> stated) {
    if (page.query().isEmpty()) {
      return stated == null ? Map.of() : stated;
    }
    var found = new LinkedHashMap<String, Object>();
    page.parameters((name, value) -> take(found, name, value));
    return Findings.under(found, stated);
  }

  private static void take(Map<String, Object> found, String name, String value) {
    if (value.isEmpty() || value.length() > MAX_VALUE) {
      return;
    }
    if (name.startsWith("utm_") && name.length() > 4) {
      var field = name.substring(4);
      found.put(field.equals("campaign") ? "name" : field, value);
      return;
    }
    var network = NETWORKS.get(name);
    if (network != null && !found.containsKey("clickId")) {
      found.put("clickId", value);
      found.put("clickIdType", name);
      found.put("network", network.name());
    }
  }

  /** The channel of visits with that kind of click id, null where it is none. */
  static @Nullable String channel(String clickIdType) {
    for (var network : NETWORKS.entrySet()) {
      if (network.getKey().equalsIgnoreCase(clickIdType)) {
        return network.getValue().channel();
      }
    }
    return null;
  }
}
