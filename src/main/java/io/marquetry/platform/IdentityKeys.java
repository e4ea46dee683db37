package io.marquetry.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

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
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;

  /**
   * @param secret of this installation, at least 16 bytes
   */
  public IdentityKeys(byte[] secret) {
    if (secret.length < 16) {
      throw new IllegalArgumentException("the secret needs at least 16 bytes");
    }
    mac = mac(secret);
  }

  /** The secret that goes with a key's id at a site. */
  public String secret(String site, String keyId) {
    add(PURPOSE);
    add(site);
    add(keyId);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal());
  }

  /** HMAC-SHA-256 ready for use with a secret as it was handed out. */
  Mac signer(String site, String keyId) {
    return mac(secret(site, keyId).getBytes(StandardCharsets.UTF_8));
  }

  /** Each part behind its length: no two lists of parts read the same. */
  private void add(String part) {
    var bytes = part.getBytes(StandardCharsets.UTF_8);
    mac.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    mac.update(bytes);
  }

  private static Mac mac(byte[] key) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
