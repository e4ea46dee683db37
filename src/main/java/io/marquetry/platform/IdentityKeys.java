package io.marquetry.platform;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The secrets with which a site's own servers say who somebody is.
 *
 * <p>Design note: a secret is derived from the installation's key, the site and the id of the key,
 * so that none is stored and whoever may read definitions, audit or a copy of the database learns
 * none. What is handed out is a text; its UTF-8 bytes are the key, as JWT libraries take it.
 *
 * <p>Not thread-safe: one instance for each event loop.
 */
public final class IdentityKeys {
  /** The kind of key in the catalogue. */
  public static final String KIND = "identity";

  private static final String PREFIX = "ik_";
  private static final String PURPOSE = "identity-token";

  private final Hmac hmac;

  /**
   * @param secret of this installation, at least 16 bytes
   */
  public IdentityKeys(byte[] secret) {
    hmac = Hmac.ofSecret(secret);
  }

  /** The secret that goes with a key's id at a site. */
  public String secret(String site, String keyId) {
    var derived = hmac.add(PURPOSE).add(site).add(keyId).end();
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(derived);
  }

  /** Signs with a secret as it was handed out. */
  Hmac signer(String site, String keyId) {
    return new Hmac(secret(site, keyId).getBytes(StandardCharsets.UTF_8));
  }
}
