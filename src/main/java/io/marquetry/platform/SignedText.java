package io.marquetry.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Texts that go out into the world and of which only those come back as good that we wrote.
 *
 * <p>{@code content.tag}: the content as base64url and the first 128 bits of HMAC-SHA-256 over what
 * it is for and the content, so that a text for one purpose is worth nothing for another. Reading
 * writes it anew and compares whole texts in constant time: base64 leaves bits unused, and this way
 * a text has exactly one accepted spelling. Not thread-safe.
 */
public final class SignedText {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final String purpose;
  private final int maxLength;
  private final Hmac hmac;

  /**
   * @param purpose what these texts are for
   * @param maxLength of a text that is read, in characters
   * @param secret of this installation
   */
  public SignedText(String purpose, int maxLength, byte[] secret) {
    this.purpose = purpose;
    this.maxLength = maxLength;
    this.hmac = new Hmac(secret);
  }

  /** The text for a content, fit for a path or a parameter. */
  public String write(byte[] content) {
    var tag = Hmac.tag(hmac.add(purpose).end(content));
    return ENCODER.encodeToString(content) + "." + ENCODER.encodeToString(tag);
  }

  /** The content of a text; null where we did not write it. */
  public byte @Nullable [] read(@Nullable String text) {
    int dot = text == null || text.length() > maxLength ? -1 : text.indexOf('.');
    if (text == null || dot < 1) {
      return null;
    }
    try {
      var content = DECODER.decode(text.substring(0, dot));
      var expected = write(content).getBytes(StandardCharsets.UTF_8);
      boolean ours = MessageDigest.isEqual(expected, text.getBytes(StandardCharsets.UTF_8));
      return ours ? content : null;
    } catch (IllegalArgumentException e) {
      return null; // no base64
    }
  }
}
