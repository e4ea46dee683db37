package io.marquetry.bench;

import io.marquetry.bench.Answer.Garbled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A body in chunks (RFC 9112, section 7.1), without extensions and trailers. */
final class Chunked {
  private static final int HEX = 16;

  private final int from;

  /** Where the next chunk begins. */
  private int at;

  /**
   * @param from where the body begins
   */
  Chunked(int from) {
    this.from = from;
    at = from;
  }

  /** Goes on to where {@code size} bytes are there; whether the body is complete. */
  boolean read(byte[] bytes, int size) {
    while (true) {
      int line = endOfLine(bytes, at, size);
      if (line < 0) {
        return false;
      }
      int length = length(bytes, at, line);
      int next = line + 2 + length + 2;
      if (next > size) {
        return false;
      }
      if (length == 0) {
        if (next < size) {
          throw new Garbled("more bytes than the answer says it has");
        }
        return true;
      }
      at = next;
    }
  }

  private static int endOfLine(byte[] bytes, int from, int size) {
    for (int i = from; i + 1 < size; i++) {
      if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static int length(byte[] bytes, int from, int to) {
    int length = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(bytes[i], HEX);
      if (digit < 0) {
        throw new Garbled("a chunk that does not say how long it is");
      }
      length = length * HEX + digit;
    }
    return length;
  }

  /** The text of a body that is complete. */
  String body(byte[] bytes) {
    var text = new ByteArrayOutputStream();
    int next = from;
    while (true) {
      int line = endOfLine(bytes, next, bytes.length);
      int length = length(bytes, next, line);
      if (length == 0) {
        return text.toString(StandardCharsets.UTF_8);
      }
      text.write(bytes, line + 2, length);
      next = line + 2 + length + 2;
    }
  }
}
