package io.marquetry.enrichment;

/** Tells by which road the visitor came, after {@link Campaigns} has read the address. */
final class Roads implements Enrichment {
  @Override
  public String name() {
    return "referrer";
  }

  @Override
  public void enrich(Sighting seen, Findings found) {
    if (!seen.url().isEmpty() || !seen.referrer().isEmpty()) {
      found.referral(Channel.refer(seen.page(), Address.of(seen.referrer()), found.campaign()));
    }
  }
}
