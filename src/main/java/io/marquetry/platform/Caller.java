package io.marquetry.platform;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a request says of who sends it. */
public final class Caller {
  private Caller() {}

  /**
   * The key a request carries in its head or query: the user name of Basic authentication, a Bearer
   * token, {@code X-Write-Key}, or {@code ?writeKey=}; null where there is none. A secret behind a
   * colon in {@code X-Write-Key} is passed over.
   */
  public static @Nullable String key(HttpServerRequest request) {
    var authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization != null) {
      if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
        return userName(authorization.substring(6).strip());
      }
      if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
        return authorization.substring(7).strip();
      }
    }
    var header = request.getHeader("X-Write-Key");
    if (header != null) {
      int colon = header.indexOf(':');
      return colon < 0 ? header : header.substring(0, colon);
    }
    return request.getParam("writeKey");
  }

  private static @Nullable String userName(String credentials) {
    try {
      var decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      return colon < 0 ? decoded : decoded.substring(0, colon);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether the request comes from this machine, where our own proxy would run. */
  public static boolean isLocal(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    if (peer == null || peer.isDomainSocket()) {
      return true;
    }
    var address = peer.hostAddress();
    return address != null
        && (address.startsWith("127.")
            || address.equals("::1")
            || address.equals("0:0:0:0:0:0:0:1"));
  }

  /**
   * Country and region that were found for the visitor; empty where unknown. See {@link Places}.
   */
  public record Place(String country, String region) {
    public static final Place UNKNOWN = new Place("", "");
  }

  /** Whether the browser said that it does not want to be sold or followed. */
  public static boolean optsOut(HttpServerRequest request) {
    return "1".equals(request.getHeader("Sec-GPC"));
  }

  /** Whether the browser only looks ahead. */
  public static boolean prefetches(HttpServerRequest request) {
    var purpose = request.getHeader("Sec-Purpose");
    return (purpose != null && purpose.startsWith("prefetch"))
        || "prefetch".equals(request.getHeader("Purpose"));
  }
}
