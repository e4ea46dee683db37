package io.marquetry.platform;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of us whose word is believed: on the scheme that the browser spoke, on its
 * address, and on where the visitor is.
 *
 * <p>Design note: {@code X-Forwarded-*} headers are what anybody may send. They count only where
 * the peer of the connection is one of these proxies; everybody else speaks for themselves.
 * Immutable.
 */
public final class Proxies {
  /** A proxy on this machine. */
  public static final Proxies LOCAL = of(List.of("127.0.0.0/8", "::1"));

  private static final int MAX_HOPS = 16;

  private final Networks networks;

  private Proxies(Networks networks) {
    this.networks = networks;
  }

  /**
   * Proxies with addresses in these networks.
   *
   * @param networks in CIDR notation
   * @throws StartupProblem naming the one that is none
   */
  public static Proxies of(List<String> networks) {
    return new Proxies(Networks.parse("trustedProxies", networks));
  }

  /** Whether a request comes from one of them. */
  public boolean sent(HttpServerRequest request) {
    var peer = request.remoteAddress();
    return peer == null || peer.isDomainSocket() || networks.contain(peer.hostAddress());
  }

  /** Whether the browser spoke HTTPS: to us, or to a proxy that says so. */
  public boolean isSecure(HttpServerRequest request) {
    if (request.isSSL()) {
      return true;
    }
    var scheme = request.getHeader("X-Forwarded-Proto");
    return scheme != null && "https".equalsIgnoreCase(first(scheme)) && sent(request);
  }

  private static String first(String list) {
    int comma = list.indexOf(',');
    return (comma < 0 ? list : list.substring(0, comma)).strip();
  }

  /**
   * Where a request comes from: the peer, or for one of the proxies the last hop that is none of
   * them; whatever stands before that, anybody may have made up. Null behind a socket of this
   * machine that says nothing.
   */
  public @Nullable String address(HttpServerRequest request) {
    var peer = request.remoteAddress();
    var address = peer == null || peer.isDomainSocket() ? null : peer.hostAddress();
    var forwarded = request.getHeader("X-Forwarded-For");
    if (forwarded == null || !sent(request)) {
      return address;
    }
    var hops = forwarded.split(",", -1);
    for (int i = hops.length - 1; i >= Math.max(0, hops.length - MAX_HOPS); i--) {
      var hop = hops[i].strip();
      if (!networks.contain(hop)) {
        return hop;
      }
    }
    return address;
  }
}
