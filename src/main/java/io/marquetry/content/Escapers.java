package io.marquetry.content;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes values into each place of an HTML page where a value may stand.
 *
 * <p>Design note: text and attributes share one table that escapes both quotes and both angle
 * brackets, so a value that ends up in the neighbouring context is still inert; the price is a few
 * bytes. JSON is written so that it is safe in a script element of type {@code application/json}:
 * {@code <}, {@code >}, {@code &}, U+2028 and U+2029 are never literal.
 */
public final class Escapers {
  private static final byte[] @Nullable [] MARKUP = new byte[128][];
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  static {
    MARKUP['&'] = ascii("&amp;");
    MARKUP['<'] = ascii("&lt;");
    MARKUP['>'] = ascii("&gt;");
    MARKUP['"'] = ascii("&quot;");
    MARKUP['\''] = ascii("&#39;");
  }

  private Escapers() {}

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes text content, also for {@code title} and {@code textarea}. */
  public static void text(CharSequence value, Utf8Writer out) {
    out.replaced(value, MARKUP);
  }

  /** Writes the value of an attribute that is quoted, by either kind of quote. */
  public static void attribute(CharSequence value, Utf8Writer out) {
    out.replaced(value, MARKUP);
  }

  /** Writes one part of a URL: everything but RFC 3986 unreserved characters is %-encoded. */
  public static void urlPart(CharSequence value, Utf8Writer out) {
    Utf8Writer utf8 = new Utf8Writer(value.length());
    utf8.raw(value);
    byte[] bytes = utf8.toByteArray();
    for (byte b : bytes) {
      char c = (char) (b & 0xFF);
      if (Keys.isKeyCharacter(c) || c == '.' || c == '~') {
        out.codePoint(c);
      } else {
        out.codePoint('%');
        out.codePoint(HEX[c >> 4]);
        out.codePoint(HEX[c & 15]);
      }
    }
  }

  /**
   * Writes a plain JSON value for the inside of {@code <script type="application/json">}.
   *
   * @throws InvalidContentException for a value that is not JSON or nests deeper than 32
   */
  public static void json(@Nullable Object value, Utf8Writer out) {
    StringBuilder json = new StringBuilder();
    JsonText.write(value, json);
    out.raw(json);
  }

  /** Writes a plain JSON value as the value of a quoted attribute. */
  public static void jsonAttribute(@Nullable Object value, Utf8Writer out) {
    StringBuilder json = new StringBuilder();
    JsonText.write(value, json);
    attribute(json, out);
  }
}
