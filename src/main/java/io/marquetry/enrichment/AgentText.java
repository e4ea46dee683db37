package io.marquetry.enrichment;

import java.util.Locale;
import java.util.function.Predicate;

/**
 * A user agent in lower case, with its words, and on Android the name of the model.
 *
 * <p>A word is a run of letters and digits. Looking for one takes one pass over the text, which is
 * cut to a bounded length.
 */
final class AgentText {
  private static final int MAX_LENGTH = 512;

  final String text;
  final boolean android;

  /** Between the version of Android and what it was built from; empty where there is none. */
  final String model;

  AgentText(String userAgent) {
    text =
        userAgent.substring(0, Math.min(userAgent.length(), MAX_LENGTH)).toLowerCase(Locale.ROOT);
    android = text.contains("android") || text.contains(" adr ");
    model = android ? model(text) : "";
  }

  private static String model(String text) {
    int version = text.indexOf("android ");
    int start = version < 0 ? -1 : text.indexOf(';', version);
    if (start < 0) {
      return "";
    }
    int end = text.indexOf(" build/", start);
    int close = text.indexOf(')', start);
    if (end < 0 || (close > 0 && close < end)) {
      end = close;
    }
    return end < 0 ? text.substring(start + 1) : text.substring(start + 1, end);
  }

  boolean has(String part) {
    return text.contains(part);
  }

  boolean hasAny(String[] parts) {
    return hasAny(text, parts);
  }

  static boolean hasAny(String text, String[] parts) {
    for (var part : parts) {
      if (text.contains(part)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a word of the text is as described. */
  static boolean anyWord(String text, Predicate<String> wanted) {
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean part = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
      if (part && start < 0) {
        start = i;
      } else if (!part && start >= 0) {
        if (wanted.test(text.substring(start, i))) {
          return true;
        }
        start = -1;
      }
    }
    return false;
  }

  /** Whether a word is a prefix and then digits, at least some of them, and maybe more. */
  static boolean numbered(String word, String prefix, int digits) {
    if (!word.startsWith(prefix) || word.length() < prefix.length() + digits) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      if (!isDigit(word.charAt(prefix.length() + i))) {
        return false;
      }
    }
    return true;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
