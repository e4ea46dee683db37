package io.marquetry.kit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The form in which a secret that was handed out is kept and looked up: write keys and session
 * tokens.
 *
 * <p>SHA-256 of its UTF-8 bytes, as 64 lower-case hexadecimal digits. No salt and no slowing down:
 * what is hashed is random, not chosen by a person. Thread-safe.
 */
public final class KeyHash {
  private KeyHash() {}

  public static String of(String key) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
