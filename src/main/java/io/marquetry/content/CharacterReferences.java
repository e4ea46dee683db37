package io.marquetry.content;

import java.nio.charset.StandardCharsets;

/**
 * Writes UTF-8 markup in ASCII: every other character becomes a numeric reference, which reads the
 * same in a page of any encoding. Holes stand in text and attributes only, where references count.
 */
final class CharacterReferences implements Sink {
  private final Sink out;

  CharacterReferences(Sink out) {
    this.out = out;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] < 0) {
        out.write(
            Escapers.ascii(referred(new String(bytes, offset, length, StandardCharsets.UTF_8))));
        return;
      }
    }
    out.write(bytes, offset, length);
  }

  private static String referred(String text) {
    var referred = new StringBuilder(text.length() + 32);
    text.codePoints()
        .forEach(
            c -> {
              if (c < 0x80) {
                referred.append((char) c);
              } else {
                referred.append("&#").append(c).append(';');
              }
            });
    return referred.toString();
  }
}
