package io.marquetry.content;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** How a hole writes its value; fixed at compile time by the place of the hole. */
enum Escape {
  /** Text content where sanitised rich text may stand as markup. */
  CONTENT,
  /** Text content where markup may not stand: title, textarea, svg. */
  TEXT,
  /** A quoted attribute. */
  ATTRIBUTE,
  /** The start of a URL attribute. */
  URL,
  /** The start of the address of an image. */
  IMAGE_URL,
  /** The start of one candidate in {@code srcset}. */
  SRCSET_URL,
  /** A part of a URL whose start is already fixed. */
  URL_PART;

  /** Writes a scalar or {@link SafeHtml}; null, lists and maps write nothing. */
  void write(@Nullable Object value, Utf8Writer out) {
    if (value instanceof SafeHtml rich && this == CONTENT) {
      out.raw(rich.html());
      return;
    }
    String text = text(value);
    if (text == null) {
      return;
    }
    switch (this) {
      case CONTENT, TEXT -> Escapers.text(text, out);
      case ATTRIBUTE -> Escapers.attribute(text, out);
      case URL -> Escapers.attribute(UrlPolicy.safe(text, false), out);
      case IMAGE_URL -> Escapers.attribute(UrlPolicy.safe(text, true), out);
      case SRCSET_URL -> Escapers.attribute(candidate(UrlPolicy.safe(text, true)), out);
      case URL_PART -> Escapers.urlPart(text, out);
    }
  }

  /** White space and an outer comma would end the address inside a srcset. */
  private static String candidate(String url) {
    StringBuilder safe = new StringBuilder(url.length());
    for (int i = 0; i < url.length(); i++) {
      char c = url.charAt(i);
      boolean outer = i == 0 || i == url.length() - 1;
      if (Ascii.isSpace(c)) {
        safe.append("%20");
      } else if (c == ',' && outer) {
        safe.append("%2C");
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case SafeHtml rich -> rich.html();
      case Boolean bool -> bool.toString();
      case Number number -> number(number);
      case null, default -> null;
    };
  }

  /** Numbers as people write them: 3 rather than 3.0, and no exponent for everyday sizes. */
  private static @Nullable String number(Number number) {
    if (!(number instanceof Double || number instanceof Float)) {
      return number.toString();
    }
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      return null;
    }
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    return size < 1e-7 || size >= 1e21
        ? number.toString()
        : new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
  }
}
