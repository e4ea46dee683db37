package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.KeyView;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import org.jspecify.annotations.Nullable;

/**
 * A key of a site as it is kept; times in milliseconds since the epoch.
 *
 * @param hash see {@link io.marquetry.kit.KeyHash}
 * @param kind {@code write}, {@code server} or {@code identity}
 * @param revokedAt null while it is good
 */
public record StoredKey(
    String id,
    String hash,
    String site,
    String kind,
    String name,
    long createdAt,
    @Nullable Long revokedAt) {
  static final String IDENTITY = "identity";

  public boolean live() {
    return revokedAt == null;
  }

  /** The same, ended. */
  public StoredKey revoked(long at) {
    return new StoredKey(id, hash, site, kind, name, createdAt, at);
  }

  /** What components look it up by: an identity key's secret is derived from its id. */
  public WriteKey writeKey() {
    return new WriteKey(kind.equals(IDENTITY) ? id : hash, site, kind);
  }

  /** What may be shown of it. */
  public KeyView view() {
    return new KeyView(id, site, kind, name, createdAt, revokedAt);
  }
}
