package io.marquetry.catalogue.core;

/** The paths a page may have: absolute, clean, and perhaps open at the end. */
final class PagePath {
  private static final int MAX = 500;

  private PagePath() {}

  static String check(String path) {
    if (!path.startsWith("/") || path.length() > MAX) {
      throw Body.wrong("path", "must begin with / and have at most " + MAX + " characters");
    }
    var fixed = path.endsWith("/*") ? path.substring(0, path.length() - 2) : path;
    for (int i = 0; i < fixed.length(); i++) {
      char c = fixed.charAt(i);
      if (c <= ' ' || c == '*' || c == '?' || c == '#' || c == '\\' || Character.isISOControl(c)) {
        throw Body.wrong(
            "path", "may hold no space, no \\, ?, # and no * other than the one in a last /*");
      }
    }
    if ((fixed + "/").contains("/../") || (fixed + "/").contains("/./") || fixed.contains("//")) {
      throw Body.wrong("path", "must be the path that a browser asks for, without . .. and //");
    }
    return path;
  }
}
