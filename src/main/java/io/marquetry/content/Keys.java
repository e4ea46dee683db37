package io.marquetry.content;

/**
 * The alphabet of component keys, variant keys and decision ids: {@code [A-Za-z0-9_-]}, 1 to 64.
 *
 * <p>Such a key stands for itself in an attribute, a CSS selector and a path, so code that writes
 * one needs no escaping once {@link #check} has passed it.
 */
public final class Keys {
  /** The longest key. */
  public static final int MAX_LENGTH = 64;

  private Keys() {}

  /**
   * Answers {@code key} unchanged.
   *
   * @throws InvalidContentException naming {@code field} when the key has another shape
   */
  public static String check(String field, String key) {
    if (!isKey(key)) {
      throw new InvalidContentException(
          field, "must be 1 to 64 letters, digits, '_' or '-', not '" + shortened(key) + "'");
    }
    return key;
  }

  /** Whether {@code key} has the shape of a key. */
  public static boolean isKey(String key) {
    if (key.isEmpty() || key.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < key.length(); i++) {
      if (!isKeyCharacter(key.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean isKeyCharacter(char c) {
    return Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_' || c == '-';
  }

  static String shortened(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "…";
  }
}
