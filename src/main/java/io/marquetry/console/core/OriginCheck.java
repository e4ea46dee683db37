package io.marquetry.console.core;

import org.jspecify.annotations.Nullable;

/**
 * Whether a request was made by one of our own pages.
 *
 * <p>A browser names the origin of a page with every request that can change something, and cannot
 * be made to lie about it; what names none is no browser, or none of this decade.
 */
public enum OriginCheck {
  /** By a page of ours. */
  OWN,
  /** By somebody else's page. */
  FOREIGN,
  /** By no page: a script, a command line. */
  NONE;

  /**
   * Judges the headers of a request.
   *
   * @param origin the {@code Origin} header
   * @param site the {@code Sec-Fetch-Site} header
   * @param host the {@code Host} header
   */
  public static OriginCheck of(
      @Nullable String origin, @Nullable String site, @Nullable String host) {
    if (origin != null) {
      return host != null && isOf(origin, host) ? OWN : FOREIGN;
    }
    if (site == null) {
      return NONE;
    }
    return site.equals("same-origin") || site.equals("none") ? OWN : FOREIGN;
  }

  private static boolean isOf(String origin, String host) {
    for (var scheme : new String[] {"https://", "http://"}) {
      if (origin.startsWith(scheme)) {
        var port = scheme.equals("https://") ? ":443" : ":80";
        return without(port, origin.substring(scheme.length()))
            .equalsIgnoreCase(without(port, host));
      }
    }
    return false;
  }

  private static String without(String port, String authority) {
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }
}
