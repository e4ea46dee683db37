package io.marquetry.content;

/** Character classes of the HTML and URL standards, which know ASCII only and no locale. */
final class Ascii {
  private Ascii() {}

  static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** What HTML calls white space. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  static boolean isControl(char c) {
    return c < 0x20 || c == 0x7F;
  }

  /** Lower-cases A to Z only; the Kelvin sign and its like stay what they are. */
  static String lower(String text) {
    StringBuilder lower = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        if (lower == null) {
          lower = new StringBuilder(text);
        }
        lower.setCharAt(i, (char) (c + 32));
      }
    }
    return lower == null ? text : lower.toString();
  }

  /** Whether {@code lower}, already in lower case, stands in {@code text} at {@code at}. */
  static boolean startsWith(String text, int at, String lower) {
    if (at + lower.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      char c = text.charAt(at + i);
      if ((c >= 'A' && c <= 'Z' ? (char) (c + 32) : c) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
