package io.marquetry.platform;

import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The cookie by which a browser is known again.
 *
 * <p>Its value is {@code device.key.mac}: the device id as base64url, the id of the signing key,
 * and the first 128 bits of HMAC-SHA-256 over the cookie's name, the site and the device, each
 * behind its length. A cookie of one site is worth nothing at another, and nobody can make up the
 * cookie of somebody else. Verification writes the cookie anew and compares whole texts in constant
 * time, so that a value has exactly one accepted spelling: base64 leaves bits unused, and a decoder
 * passes over them.
 *
 * <p>Not thread-safe: one instance for each event loop.
 */
public final class VisitorCookie {
  public static final String NAME = "mq_id";

  /** How long a browser keeps it; renewed only by a new choice. */
  public static final Duration LIFE = Duration.ofDays(395);

  /** The longest device id that fits, in bytes of UTF-8. */
  public static final int MAX_DEVICE_BYTES = 512;

  private static final int MAX_LENGTH = 1_024;
  private static final int DEVICE_BYTES = 16;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  /** The signing key first, then keys that are only still accepted. */
  private final List<Key> keys = new ArrayList<>();

  private record Key(String id, Hmac hmac) {}

  /**
   * @param secret signs, at least 16 bytes
   * @param retired earlier secrets whose cookies are still accepted
   */
  public VisitorCookie(byte[] secret, byte[]... retired) {
    keys.add(key(secret));
    for (var earlier : retired) {
      keys.add(key(earlier));
    }
  }

  /** A new device id: 128 random bits as 32 lower-case hexadecimal digits. */
  public static String mint(RandomGenerator secureRandom) {
    var bytes = new byte[DEVICE_BYTES];
    secureRandom.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * The value of the cookie for a device.
   *
   * @throws IllegalArgumentException where the device id is empty or longer than {@link
   *     #MAX_DEVICE_BYTES}
   */
  public String sign(String site, String deviceId) {
    var device = deviceId.getBytes(StandardCharsets.UTF_8);
    if (device.length == 0 || device.length > MAX_DEVICE_BYTES) {
      throw new IllegalArgumentException("a device id has 1 to " + MAX_DEVICE_BYTES + " bytes");
    }
    return write(keys.getFirst(), site, device);
  }

  /** The device id in a cookie that we made for this site; null for anything else. */
  public @Nullable String verify(String site, @Nullable String value) {
    if (value == null || value.length() > MAX_LENGTH) {
      return null;
    }
    int keyStart = value.indexOf('.') + 1;
    int keyEnd = value.indexOf('.', keyStart);
    if (keyStart < 2 || keyEnd < 0) {
      return null;
    }
    var key = named(value.substring(keyStart, keyEnd));
    var device = decode(value.substring(0, keyStart - 1));
    if (key == null || device == null) {
      return null;
    }
    var expected = write(key, site, device).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected, value.getBytes(StandardCharsets.UTF_8))
        ? new String(device, StandardCharsets.UTF_8)
        : null;
  }

  /** The device id in the cookie that a request carries; null where it carries none of ours. */
  public @Nullable String device(HttpServerRequest request, String site) {
    var cookie = request.getCookie(NAME);
    return cookie == null ? null : verify(site, cookie.getValue());
  }

  /** The text of a {@code Set-Cookie} header that gives the browser this value. */
  public static String set(String value, boolean secure) {
    return header(value, LIFE.toSeconds(), secure);
  }

  /** The text of a {@code Set-Cookie} header that takes the cookie away. */
  public static String clear(boolean secure) {
    return header("", 0, secure);
  }

  private static String header(String value, long seconds, boolean secure) {
    return NAME
        + "="
        + value
        + "; Max-Age="
        + seconds
        + "; Path=/; HttpOnly; SameSite=Lax"
        + (secure ? "; Secure" : "");
  }

  private @Nullable Key named(String id) {
    for (var key : keys) {
      if (key.id().equals(id)) {
        return key;
      }
    }
    return null;
  }

  private static byte @Nullable [] decode(String text) {
    try {
      return DECODER.decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String write(Key key, String site, byte[] device) {
    var tag = Hmac.tag(key.hmac().add(NAME).add(site).add(device).end());
    return ENCODER.encodeToString(device) + "." + key.id() + "." + ENCODER.encodeToString(tag);
  }

  /** The id of a key tells keys apart and nothing about the key. */
  private static Key key(byte[] secret) {
    var hmac = Hmac.ofSecret(secret);
    var name = hmac.end("key id".getBytes(StandardCharsets.UTF_8));
    return new Key(HexFormat.of().formatHex(name, 0, 4), hmac);
  }
}
