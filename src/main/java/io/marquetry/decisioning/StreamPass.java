package io.marquetry.decisioning;

import io.marquetry.kit.Id128;
import io.marquetry.platform.SignedText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
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
  private static final int ID_BYTES = 16;
  private static final int HEAD = Integer.BYTES + 1;
  private static final int MAX_LENGTH = 512;

  private final SignedText texts;

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
    texts = new SignedText("evaluation streams", MAX_LENGTH, secret);
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
    return texts.write(Arrays.copyOf(pass.array(), pass.limit()));
  }

  private static void put(ByteBuffer pass, @Nullable Id128 id) {
    if (id != null) {
      pass.putLong(id.high()).putLong(id.low());
    }
  }

  /** Whose pass it is; null where it is none of ours or too old. */
  @Nullable Viewer read(@Nullable String pass, long now) {
    var bytes = texts.read(pass);
    return bytes == null ? null : viewer(bytes, now);
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
}
