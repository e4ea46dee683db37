package io.marquetry.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 with one key, over any number of parts. Each part goes behind its length, so that no
 * two lists of parts read the same. Not thread-safe.
 */
final class Hmac {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_SECRET = 16;
  private static final int TAG_BYTES = 16;

  private final Mac mac;

  Hmac(byte[] key) {
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  /** With a secret of this installation, which must not be short enough to be guessed. */
  static Hmac ofSecret(byte[] secret) {
    if (secret.length < MIN_SECRET) {
      throw new IllegalArgumentException("the secret needs at least " + MIN_SECRET + " bytes");
    }
    return new Hmac(secret);
  }

  Hmac add(byte[] part) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    mac.update(part);
    return this;
  }

  Hmac add(String part) {
    return add(part.getBytes(StandardCharsets.UTF_8));
  }

  /** All 256 bits; begins anew. */
  byte[] end() {
    return mac.doFinal();
  }

  /** The same with a last part, whose length nothing has to tell. */
  byte[] end(byte[] last) {
    return mac.doFinal(last);
  }

  /** The first 128 bits, which are enough to sign with and fit an address. */
  static byte[] tag(byte[] whole) {
    return Arrays.copyOf(whole, TAG_BYTES);
  }
}
