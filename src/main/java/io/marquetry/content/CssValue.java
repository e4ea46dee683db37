package io.marquetry.content;

import java.util.Set;

/**
 * The allow-list for values of custom properties: names, numbers with units, {@code #} colours,
 * commas, slashes, arithmetic, and calls of functions that fetch nothing. No quotes, backslashes,
 * semicolons, braces, comments or {@code url}, so a value cannot leave its declaration or load
 * anything.
 */
final class CssValue {
  private static final int MAX_LENGTH = 200;
  private static final Set<String> FUNCTIONS =
      Set.of(
          ("rgb rgba hsl hsla hwb lab lch oklab oklch color-mix calc min max clamp var cubic-bezier"
                  + " linear-gradient radial-gradient")
              .split(" ", -1));

  private CssValue() {}

  static boolean isSafe(String value) {
    if (value.isBlank() || value.length() > MAX_LENGTH || value.contains("/*")) {
      return false;
    }
    int depth = 0;
    int word = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '(' && !opens(value.substring(word, i), depth)) {
        return false;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth < 0 || !isAllowed(c)) {
        return false;
      }
      word = Keys.isKeyCharacter(c) ? word : i + 1;
    }
    return depth == 0;
  }

  /** A bracket may group terms inside a call; elsewhere it needs a function that we know. */
  private static boolean opens(String name, int depth) {
    return name.isEmpty() ? depth > 0 : FUNCTIONS.contains(Ascii.lower(name));
  }

  private static boolean isAllowed(char c) {
    return Keys.isKeyCharacter(c) || " #.,%()+*/".indexOf(c) >= 0;
  }
}
