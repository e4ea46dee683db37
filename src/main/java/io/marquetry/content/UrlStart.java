package io.marquetry.content;

/**
 * How much of a URL is decided by the text before some point of an attribute value.
 *
 * <p>Design note: a value may decide the scheme only when it stands at the very start, where it is
 * checked as a whole. After a start that fixes the scheme or makes the URL relative, values are
 * %-encoded and can change neither. In between, a literal colon or character reference could turn a
 * harmless-looking value into a scheme, so it is refused.
 */
enum UrlStart {
  /** Nothing stands before: a value here is the URL. */
  EMPTY,
  /** Something stands before, but nothing yet that ends a scheme or excludes one. */
  OPEN,
  /** Scheme, host or path: further text cannot change what kind of URL it is. */
  FIXED,
  /** Past the first {@code ?} or {@code #}. */
  QUERY,
  /** A refused scheme. */
  REFUSED,
  /** A scheme that is made up of a value and literal text, or of character references. */
  COMPOSED;

  /** Stands for a hole in the text given to {@link #of}. */
  static final char HOLE = '\uFFFC';

  static UrlStart of(CharSequence before, boolean image) {
    UrlStart start = EMPTY;
    StringBuilder scheme = new StringBuilder();
    boolean composed = false;
    for (int i = 0; i < before.length(); i++) {
      char c = before.charAt(i);
      if (start == FIXED || start == QUERY) {
        start = c == '?' || c == '#' ? QUERY : start;
      } else if (c == ':') {
        start = scheme(scheme.toString(), composed, before, image);
        if (start != FIXED) {
          return start;
        }
      } else if (c == '&') {
        return COMPOSED;
      } else if (c == '/' || c == '?' || c == '#') {
        start = c == '/' ? FIXED : QUERY;
      } else if (c == HOLE) {
        composed = true;
        start = OPEN;
      } else if (c > ' ') {
        scheme.append(c);
        start = OPEN;
      }
    }
    return start;
  }

  private static UrlStart scheme(String scheme, boolean composed, CharSequence url, boolean image) {
    if (composed) {
      return COMPOSED;
    }
    boolean allowed =
        UrlPolicy.allows(scheme) || (image && UrlPolicy.isImageData(url.toString().strip()));
    return allowed ? FIXED : REFUSED;
  }

  /** As {@link #of}, for the last candidate of a srcset; descriptors count as {@link #QUERY}. */
  static UrlStart ofLastCandidate(String before) {
    String candidate = before.substring(before.lastIndexOf(',') + 1).stripLeading();
    for (int i = 0; i < candidate.length(); i++) {
      if (Ascii.isSpace(candidate.charAt(i))) {
        return QUERY;
      }
    }
    return of(candidate, true);
  }
}
