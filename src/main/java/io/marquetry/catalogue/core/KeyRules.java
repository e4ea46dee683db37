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
    if (!List.of("write", "server").contains(create.kind())) {
      throw Body.wrong("kind", "must be one of write, server");
    }
    if (create.name().length() > MAX_NAME) {
      throw Body.wrong("name", "is longer than " + MAX_NAME + " characters");
    }
    if (create.key() != null) {
      if (!create.kind().equals("write")) {
        throw Body.wrong("key", "only a write key may be chosen; a server key is a secret");
      }
      Body.checkKey("key", create.key());
    }
    if (keys.stream().filter(StoredKey::live).count() >= MAX_KEYS) {
      throw new Refused(Reason.CONFLICT, "there are " + MAX_KEYS + " keys; revoke some first");
    }
  }
}
