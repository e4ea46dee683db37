package io.marquetry.assembly.core;

import java.net.URI;
import java.util.Locale;

/**
 * An existing site that pages are fetched from.
 *
 * <p>Comes from definitions and configuration alone, never from a request: whoever asks for a page
 * chooses a path below it and nothing else.
 *
 * @param port as connected to, the scheme's own where none is given
 */
public record Origin(boolean secure, String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /**
   * Reads {@code http://host[:port]} or {@code https://host[:port]}.
   *
   * @throws IllegalArgumentException saying what it should be
   */
  public static Origin parse(String text) {
    var uri = URI.create(text);
    var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean secure = scheme.equals("https");
    var path = String.valueOf(uri.getRawPath());
    boolean bare =
        (path.isEmpty() || path.equals("/"))
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.getRawUserInfo() == null;
    if (uri.getHost() == null || !bare || !(secure || scheme.equals("http"))) {
      throw new IllegalArgumentException("must be an origin such as http://shop.example:8081");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? HTTPS : HTTP;
    return new Origin(secure, uri.getHost(), port);
  }

  /** Host and port as a browser would name them. */
  public String authority() {
    return port == (secure ? HTTPS : HTTP) ? host : host + ":" + port;
  }

  /** Without a slash at the end. */
  public String base() {
    return (secure ? "https://" : "http://") + authority();
  }

  /** The path that an address below this origin has here; an address elsewhere as it is. */
  public String relative(String location) {
    var base = base();
    if (location.equals(base)) {
      return "/";
    }
    return location.startsWith(base + "/") ? location.substring(base.length()) : location;
  }
}
