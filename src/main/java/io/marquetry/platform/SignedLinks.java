package io.marquetry.platform;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Links in mails that tell of a click before they lead on, and pictures that tell of an opening.
 *
 * <p>A link carries all there is to it, as base64url, and the first 128 bits of HMAC-SHA-256 over
 * it, apart from whatever else is signed with the same secret. Where it leads is in what is signed,
 * so that nobody can have us send people elsewhere, nor make a link of one kind into the other.
 * Like the cookie's, a text has exactly one accepted spelling. Not thread-safe.
 */
public final class SignedLinks {
  /** The longest link, in characters: addresses beyond 8 KB are not served. */
  public static final int MAX_LENGTH = 4_096;

  private static final byte[] NAME = "mq_link".getBytes(StandardCharsets.US_ASCII);
  private static final int MAC_BYTES = 16;
  private static final int MAX_TARGET = 2_048;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final Mac mac;

  /** What a link tells of. */
  public enum Kind {
    CLICK("c"),
    OPEN("o");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /**
   * What is signed.
   *
   * @param target where a click leads, empty for an opening
   * @param userId whom the mail was sent to, as the site names them; null where unknown
   * @param anonymousId the same for a device
   * @param properties of the event
   * @param expiresAt milliseconds since the epoch
   */
  public record Link(
      Kind kind,
      String site,
      String target,
      @Nullable String userId,
      @Nullable String anonymousId,
      Map<String, Object> properties,
      long expiresAt) {}

  public SignedLinks(byte[] secret) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  /**
   * Whether people may be led there: an address of the web that names a host and nobody's login.
   */
  public static boolean isTarget(String target) {
    if (target.length() > MAX_TARGET || target.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
      return false;
    }
    try {
      var uri = URI.create(target);
      boolean web =
          "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
      return web && uri.getHost() != null && uri.getRawUserInfo() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The text of a link, fit for a path. */
  public String sign(Link link) {
    var json = new LinkedHashMap<String, Object>();
    json.put("k", link.kind().key);
    json.put("s", link.site());
    put(json, "t", link.target().isEmpty() ? null : link.target());
    put(json, "u", link.userId());
    put(json, "a", link.anonymousId());
    put(json, "p", link.properties().isEmpty() ? null : link.properties());
    json.put("x", link.expiresAt() / 1_000);
    return write(Json.write(json));
  }

  private static void put(Map<String, Object> json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  /** What a text of this kind says; null where we did not write it. */
  @SuppressWarnings("unchecked")
  public @Nullable Link verify(Kind kind, @Nullable String text) {
    var content = text == null ? null : content(text);
    if (content == null) {
      return null;
    }
    var json = Json.readOwn(content);
    if (!kind.key.equals(json.get("k")) || !(json.get("x") instanceof Long seconds)) {
      return null;
    }
    return new Link(
        kind,
        String.valueOf(json.get("s")),
        json.get("t") instanceof String target ? target : "",
        json.get("u") instanceof String user ? user : null,
        json.get("a") instanceof String device ? device : null,
        json.get("p") instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of(),
        seconds * 1_000);
  }

  private byte @Nullable [] content(String text) {
    int dot = text.indexOf('.');
    if (dot < 1 || text.length() > MAX_LENGTH) {
      return null;
    }
    try {
      var content = DECODER.decode(text.substring(0, dot));
      var expected = write(content).getBytes(StandardCharsets.UTF_8);
      return MessageDigest.isEqual(expected, text.getBytes(StandardCharsets.UTF_8))
          ? content
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private String write(byte[] content) {
    mac.update(ByteBuffer.allocate(4).putInt(0, NAME.length));
    mac.update(NAME);
    var tag = Arrays.copyOf(mac.doFinal(content), MAC_BYTES);
    return ENCODER.encodeToString(content) + "." + ENCODER.encodeToString(tag);
  }
}
