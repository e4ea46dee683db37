package io.marquetry.content;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing UTF-8 buffer.
 *
 * <p>Design note: {@code String.getBytes} turns a lone surrogate into {@code '?'}, and HTML turns
 * NUL into something else again depending on where it stands. Both become U+FFFD here, so the bytes
 * are always valid UTF-8 and parse as what was meant. Not thread-safe.
 */
public final class Utf8Writer implements Sink {
  private static final int REPLACEMENT = 0xFFFD;

  private byte[] bytes;
  private int size;

  public Utf8Writer(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  /** The bytes of {@code text} with lone surrogates and NUL replaced by U+FFFD. */
  public static byte[] encode(CharSequence text) {
    Utf8Writer writer = new Utf8Writer(text.length() + (text.length() >> 3));
    writer.raw(text);
    return writer.toByteArray();
  }

  /** Appends text as it is. */
  public void raw(CharSequence text) {
    replaced(text, null);
  }

  /** Appends text, writing {@code table[c]} instead of an ASCII character {@code c} where set. */
  void replaced(CharSequence text, byte @Nullable [] @Nullable [] table) {
    int length = text.length();
    reserve(length + 16);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        i += wide(text, i);
      } else if (c == 0) {
        codePoint(REPLACEMENT);
      } else {
        byte[] replacement = table == null ? null : table[c];
        if (replacement == null) {
          put(c);
        } else {
          write(replacement);
        }
      }
    }
  }

  /** Writes the code point at {@code i} and answers how many further chars it took. */
  private int wide(CharSequence text, int i) {
    int codePoint = codePointAt(text, i);
    codePoint(codePoint);
    return codePoint > 0xFFFF ? 1 : 0;
  }

  /** The code point at {@code i}; a surrogate without its partner reads as U+FFFD. */
  static int codePointAt(CharSequence text, int i) {
    int codePoint = Character.codePointAt(text, i);
    return codePoint >= 0xD800 && codePoint <= 0xDFFF ? REPLACEMENT : codePoint;
  }

  void codePoint(int codePoint) {
    if (codePoint < 0x80) {
      put(codePoint);
    } else if (codePoint < 0x800) {
      put(0xC0 | (codePoint >> 6));
      put(0x80 | (codePoint & 0x3F));
    } else {
      if (codePoint < 0x10000) {
        put(0xE0 | (codePoint >> 12));
      } else {
        put(0xF0 | (codePoint >> 18));
        put(0x80 | ((codePoint >> 12) & 0x3F));
      }
      put(0x80 | ((codePoint >> 6) & 0x3F));
      put(0x80 | (codePoint & 0x3F));
    }
  }

  private void put(int b) {
    reserve(1);
    bytes[size++] = (byte) b;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }

  /** Copies the given bytes to the end. */
  @Override
  public void write(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /** Bytes written so far. */
  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** What was written, as text. */
  @Override
  public String toString() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }

  /** Hands the buffer itself to {@code sink}; this writer must not be used afterwards. */
  void handOver(Sink sink) {
    sink.write(bytes, 0, size);
  }

  void clear() {
    size = 0;
  }
}
