package io.marquetry.assembly.core;

import io.marquetry.content.Sink;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Chunks in order, by reference: what a page is made of until it is sent. */
public final class Chunks implements Sink {
  private final List<byte[]> chunks = new ArrayList<>(64);
  private int length;

  @Override
  public void write(byte[] chunk) {
    if (chunk.length > 0) {
      chunks.add(chunk);
      length += chunk.length;
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    write(
        offset == 0 && count == bytes.length
            ? bytes
            : Arrays.copyOfRange(bytes, offset, offset + count));
  }

  /** Length of all of them in bytes. */
  public int length() {
    return length;
  }

  /** The chunks; not to be changed. */
  public byte[][] toArray() {
    return chunks.toArray(byte[][]::new);
  }

  /** All of them as one. */
  public byte[] join() {
    var joined = new ByteArrayOutputStream(length);
    chunks.forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  void writeTo(Sink out) {
    chunks.forEach(out::write);
  }
}
