package io.marquetry.condition;

import org.jspecify.annotations.Nullable;

/**
 * Turns a version number into text whose plain order is the order of versions.
 *
 * <p>Design note: parts between dots and hyphens are joined by hyphens; parts of digits are padded
 * on the left with spaces to five, so 9 sorts before 10 and numbers before words. A release of
 * exactly three parts gets a {@code ~}, which sorts after every pre-release. A leading {@code v}
 * and build data from {@code +} on are dropped. These are the rules GrowthBook publishes for its
 * SDKs.
 */
final class VersionText {
  private static final String PADDING = "     ";

  private VersionText() {}

  /** The sortable form; what is neither text nor number, and empty text, counts as version 0. */
  static String sortable(@Nullable Object version) {
    String text =
        version instanceof Number number
            ? Loose.text(number)
            : version instanceof String s ? s : "";
    String[] parts = core(text.isEmpty() ? "0" : text).split("[-.]", -1);
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        out.append('-');
      }
      if (isDigits(parts[i])) {
        out.append(PADDING, 0, Math.max(0, PADDING.length() - parts[i].length()));
      }
      out.append(parts[i]);
    }
    return parts.length == 3 ? out.append("-~").toString() : out.toString();
  }

  private static String core(String text) {
    int build = text.indexOf('+');
    String core = build < 0 ? text : text.substring(0, build);
    return core.startsWith("v") ? core.substring(1) : core;
  }

  private static boolean isDigits(String part) {
    return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
