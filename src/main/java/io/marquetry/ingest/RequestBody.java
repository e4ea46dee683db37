package io.marquetry.ingest;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A body as sent, unpacked where it is gzip: told by its first bytes, whatever the header says. */
final class RequestBody {
  private RequestBody() {}

  /** A body that is larger than allowed once unpacked, or no gzip after all. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean tooLarge;

    Unusable(boolean tooLarge, String message) {
      super(message, null, false, false);
      this.tooLarge = tooLarge;
    }

    boolean tooLarge() {
      return tooLarge;
    }
  }

  /**
   * Unpacks a body.
   *
   * @param body null where the request had none
   */
  static byte[] unpack(@Nullable Buffer body, int limit) throws Unusable {
    if (body == null) {
      return new byte[0];
    }
    if (body.length() > limit) {
      throw new Unusable(true, "the body is larger than " + limit + " bytes");
    }
    var bytes = body.getBytes();
    if (bytes.length < 2 || bytes[0] != 0x1f || bytes[1] != (byte) 0x8b) {
      return bytes;
    }
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      var unpacked = gzip.readNBytes(limit + 1);
      if (unpacked.length > limit) {
        throw new Unusable(true, "the body unpacks to more than " + limit + " bytes");
      }
      return unpacked;
    } catch (IOException e) {
      throw new Unusable(false, "the body is not valid gzip");
    }
  }
}
