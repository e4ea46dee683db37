package io.marquetry.decisioning;

import io.marquetry.kit.Id128;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Lets a browser listen for changes of one visitor. A browser cannot send a key with such a
 * request, so the address itself is the key: whose changes, until when, and our signature.
 *
 * <p>The same visitor has the same address all day, so that a client which asks again keeps its
 * stream. All that somebody else could learn by it is when something changed, never what.
 */
final class StreamPass {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int DAYS = 2;
  private static final int MAC_BYTES = 16;
  private static final int ID_BYTES = 16;
  private static final int HEAD = Integer.BYTES + 1;
  private static final int MAX_LENGTH = 512;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final Mac mac;

  /**
   * Whose changes a stream is about.
   *
   * @param device key of their device
   * @param user key of their user id
   */
  record Viewer(String site, @Nullable Id128 device, @Nullable Id128 user) {}

  /**
   * @param secret signs
   */
  StreamPass(byte[] secret) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      // A key of its own, so that nothing signed elsewhere is good here.
      var own = mac.doFinal("evaluation streams".getBytes(StandardCharsets.UTF_8));
      mac.init(new SecretKeySpec(own, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  /** A pass for today. */
  String write(Viewer viewer, long now) {
    var site = viewer.site().getBytes(StandardCharsets.UTF_8);
    var device = viewer.device();
    var user = viewer.user();
    var pass =
        ByteBuffer.allocate(HEAD + 2 * ID_BYTES + site.length)
            .putInt((int) (now / DAY))
            .put((byte) ((device == null ? 0 : 1) | (user == null ? 0 : 2)));
    put(pass, device);
    put(pass, user);
    pass.put(site).flip();
    var bytes = Arrays.copyOf(pass.array(), pass.limit());
    return ENCODER.encodeToString(bytes) + "." + ENCODER.encodeToString(signature(bytes));
  }

  private static void put(ByteBuffer pass, @Nullable Id128 id) {
    if (id != null) {
      pass.putLong(id.high()).putLong(id.low());
    }
  }

  /** Whose pass it is; null where it is none of ours or too old. */
  @Nullable Viewer read(@Nullable String pass, long now) {
    int dot = pass == null || pass.length() > MAX_LENGTH ? -1 : pass.indexOf('.');
    if (pass == null || dot < 0) {
      return null;
    }
    try {
      var bytes = DECODER.decode(pass.substring(0, dot));
      var signature = DECODER.decode(pass.substring(dot + 1));
      return MessageDigest.isEqual(signature, signature(bytes)) ? viewer(bytes, now) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Viewer viewer(byte[] bytes, long now) {
    var pass = ByteBuffer.wrap(bytes);
    if (now / DAY - pass.getInt() >= DAYS) {
      return null;
    }
    int known = pass.get();
    var device = (known & 1) == 0 ? null : new Id128(pass.getLong(), pass.getLong());
    var user = (known & 2) == 0 ? null : new Id128(pass.getLong(), pass.getLong());
    var site = new String(bytes, pass.position(), pass.remaining(), StandardCharsets.UTF_8);
    return new Viewer(site, device, user);
  }

  private byte[] signature(byte[] bytes) {
    return Arrays.copyOf(mac.doFinal(bytes), MAC_BYTES);
  }
}
