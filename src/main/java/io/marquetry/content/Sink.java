package io.marquetry.content;

/**
 * Takes rendered bytes in order.
 *
 * <p>Arrays are handed over by reference and are never changed afterwards by this package, so a
 * sink may keep them until they are on the wire. A sink must not change them either: the same chunk
 * goes to every visitor.
 */
public interface Sink {
  /** Takes {@code length} bytes of {@code bytes} from {@code offset}. */
  void write(byte[] bytes, int offset, int length);

  /** Takes the whole of {@code chunk}. */
  default void write(byte[] chunk) {
    write(chunk, 0, chunk.length);
  }
}
