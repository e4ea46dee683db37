package io.marquetry.kit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Derives the keys under which visitors and messages are known inside.
 *
 * <p>A key is the first half of SHA-256 over the installation's secret, a name for the kind of key,
 * the site and the value as the outside world wrote it, each behind its length so that no two
 * different inputs read the same. Being derived, a key needs no table: a device that was never
 * linked to anything costs no row. Being keyed, it cannot be computed by somebody who merely knows
 * an e-mail address. Not thread-safe: one instance for each event loop.
 */
public final class Ids {
  private final byte[] secret;
  private final MessageDigest digest;
  private final byte[] length = new byte[4];

  /**
   * @param secret at least 16 bytes that stay the same for the life of the installation
   */
  public Ids(byte[] secret) {
    if (secret.length < 16) {
      throw new IllegalArgumentException("the id secret needs at least 16 bytes");
    }
    this.secret = Arrays.copyOf(secret, secret.length);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The key of a device: an {@code anonymousId}, or what our own cookie holds. */
  public Id128 device(String site, String anonymousId) {
    return key("anonymous", site, anonymousId);
  }

  /** The key of a person as the site's own systems name them. */
  public Id128 user(String site, String userId) {
    return key("user", site, userId);
  }

  /** The key under which a message is known, so that it counts once however often it is sent. */
  public Id128 message(String site, String messageId) {
    return key("message", site, messageId);
  }

  private Id128 key(String kind, String site, String value) {
    digest.update(secret);
    add(kind);
    add(site);
    add(value);
    var hash = ByteBuffer.wrap(digest.digest());
    return new Id128(hash.getLong(), hash.getLong());
  }

  private void add(String part) {
    var bytes = part.getBytes(StandardCharsets.UTF_8);
    ByteBuffer.wrap(length).putInt(bytes.length);
    digest.update(length);
    digest.update(bytes);
  }
}
