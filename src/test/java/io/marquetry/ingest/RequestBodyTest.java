package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.marquetry.ingest.RequestBody.Unusable;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
  private static final int LIMIT = 1_000;

  private static byte[] gzip(byte[] bytes) {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static Unusable unusable(byte[] body) {
    return catchThrowableOfType(
        Unusable.class, () -> RequestBody.unpack(Buffer.buffer(body), LIMIT));
  }

  @Test
  void unpack_plain_isAsSent() throws Exception {
    var body = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(RequestBody.unpack(Buffer.buffer(body), LIMIT)).isEqualTo(body);
    assertThat(RequestBody.unpack(Buffer.buffer(new byte[LIMIT]), LIMIT)).hasSize(LIMIT);
    assertThat(RequestBody.unpack(Buffer.buffer(new byte[] {0x1f}), LIMIT)).hasSize(1);
  }

  @Test
  void unpack_noBody_isEmpty() throws Exception {
    assertThat(RequestBody.unpack(null, LIMIT)).isEmpty();
    assertThat(RequestBody.unpack(Buffer.buffer(), LIMIT)).isEmpty();
  }

  @Test
  void unpack_gzip_isUnpackedUpToTheLimit() throws Exception {
    var text = "\u00fc".repeat(400).getBytes(StandardCharsets.UTF_8);
    assertThat(RequestBody.unpack(Buffer.buffer(gzip(text)), LIMIT)).isEqualTo(text);
    assertThat(RequestBody.unpack(Buffer.buffer(gzip(new byte[LIMIT])), LIMIT)).hasSize(LIMIT);
    assertThat(unusable(gzip(new byte[LIMIT + 1])).tooLarge()).isTrue();
  }

  @Test
  void unpack_plainBeyondTheLimit_isTooLarge() {
    assertThat(unusable(new byte[LIMIT + 1]).tooLarge()).isTrue();
  }

  /** 100 MB of zeros in 100 kB: unpacking stops at the limit, long before the memory ends. */
  @Test
  void unpack_bomb_isTooLarge() throws Exception {
    var bomb = gzip(new byte[100 << 20]);
    var failure =
        catchThrowableOfType(
            Unusable.class, () -> RequestBody.unpack(Buffer.buffer(bomb), bomb.length));
    assertThat(failure.tooLarge()).isTrue();
    var nested = gzip(bomb);
    assertThat(RequestBody.unpack(Buffer.buffer(nested), bomb.length)).isEqualTo(bomb);
  }

  @Test
  void unpack_damagedGzip_isUnusable() {
    var whole = gzip("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    for (int length = 2; length < whole.length; length++) {
      assertThat(unusable(Arrays.copyOf(whole, length)))
          .as("cut at %d", length)
          .satisfies(e -> assertThat(e.tooLarge()).isFalse());
    }
    var flipped = whole.clone();
    flipped[flipped.length - 6] ^= 1; // a byte of the checksum
    assertThat(unusable(flipped).tooLarge()).isFalse();
  }
}
