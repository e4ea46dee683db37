package io.marquetry.testkit;

import io.marquetry.bus.CatalogueMessage.WriteKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The keys of sites as a catalogue lists them: by their hash. */
public final class SiteKeys {
  private SiteKeys() {}

  /** A key that browsers show. */
  public static WriteKey write(String key, String site) {
    return new WriteKey(hash(key), site, "write");
  }

  /** A key that only the site's own servers know. */
  public static WriteKey server(String key, String site) {
    return new WriteKey(hash(key), site, "server");
  }

  private static String hash(String key) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
