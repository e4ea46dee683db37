package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.CreateKey;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import java.util.List;

/** What keys a site may have. */
public final class KeyRules {
  private static final int MAX_KEYS = 1_000;
  private static final int MAX_NAME = 200;
  private static final List<String> KINDS = List.of("write", "server", StoredKey.IDENTITY);

  /** A token without a key id is tried with each of them. */
  private static final int FEW = 4;

  private KeyRules() {}

  /**
   * Checks a key that is to be created.
   *
   * @throws Refused naming the field that is wrong
   */
  public static void check(Definitions all, List<StoredKey> keys, CreateKey create) {
    if (!all.has(Kind.SITE, create.site())) {
      throw Body.wrong("site", "there is no site " + create.site());
    }
    if (!KINDS.contains(create.kind())) {
      throw Body.wrong("kind", "must be one of " + String.join(", ", KINDS));
    }
    if (create.name().length() > MAX_NAME) {
      throw Body.wrong("name", "is longer than " + MAX_NAME + " characters");
    }
    if (create.key() != null) {
      if (!create.kind().equals("write")) {
        throw Body.wrong("key", "only a write key may be chosen; every other is a secret");
      }
      Body.checkKey("key", create.key());
    }
    if (create.kind().equals(StoredKey.IDENTITY) && identityKeys(keys, create.site()) >= FEW) {
      throw new Refused(
          Reason.CONFLICT, "the site has " + FEW + " identity keys; revoke one that is not used");
    }
    if (keys.stream().filter(StoredKey::live).count() >= MAX_KEYS) {
      throw new Refused(Reason.CONFLICT, "there are " + MAX_KEYS + " keys; revoke some first");
    }
  }

  private static long identityKeys(List<StoredKey> keys, String site) {
    return keys.stream()
        .filter(key -> key.live() && key.site().equals(site))
        .filter(key -> key.kind().equals(StoredKey.IDENTITY))
        .count();
  }
}
