package io.marquetry.enrichment;

import java.util.Map;

/** Tells what kind of page a visitor is on and what it is about, by the patterns of its site. */
final class PageClasses implements Enrichment {
  private static final int REMEMBERED = 4_096;

  private final Remembered<Page, Map<String, Object>> known =
      new Remembered<>(REMEMBERED, this::classify);
  private Map<String, PagePatterns> sites = Map.of();

  private record Page(String site, String path) {}

  /** Works by these patterns from here on. */
  void define(Map<String, PagePatterns> bySite) {
    sites = Map.copyOf(bySite);
    known.forget();
  }

  @Override
  public String name() {
    return "page";
  }

  @Override
  public void enrich(Sighting seen, Findings found) {
    var patterns = sites.get(seen.site());
    if (patterns != null && !patterns.isEmpty() && !seen.url().isEmpty()) {
      found.page(known.get(new Page(seen.site(), seen.page().path())));
    }
  }

  private Map<String, Object> classify(Page page) {
    return sites.getOrDefault(page.site(), PagePatterns.NONE).of(page.path());
  }

  @Override
  public Memory memory() {
    return known.memory();
  }
}
