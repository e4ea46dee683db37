package io.marquetry.follow;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.enrichment.PagePatterns;
import java.util.HashMap;
import java.util.Map;

/** What the sites of a catalogue say of their pages: which kind a path is, and what it is about. */
public final class SitePages {
  private SitePages() {}

  /** The patterns of each site that has some; those that cannot be read count as none. */
  public static Map<String, PagePatterns> all(Catalogue catalogue) {
    var patterns = new HashMap<String, PagePatterns>();
    for (var site : catalogue.all(Kind.SITE)) {
      try {
        patterns.put(site.key(), PagePatterns.parse(site.body().get("pagePatterns")));
      } catch (PagePatterns.Faulty e) {
        // The catalogue lets none through that this version cannot read.
        patterns.put(site.key(), PagePatterns.NONE);
      }
    }
    return Map.copyOf(patterns);
  }
}
