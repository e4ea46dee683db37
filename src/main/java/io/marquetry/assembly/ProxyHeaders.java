package io.marquetry.assembly;

import io.marquetry.assembly.core.Origin;
import io.marquetry.platform.Proxies;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which headers pass between a browser and an origin (RFC 9110, section 7.6): everything but what
 * speaks of one connection, and what would not be true any more.
 */
final class ProxyHeaders {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** Written anew for the origin. */
  private static final Set<String> OURS =
      Set.of(
          "host",
          "expect",
          "accept-encoding",
          "cookie",
          "via",
          "surrogate-capability",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto");

  /** Asks for a page only if it changed, or for part of it: pointless where slots change it. */
  private static final Set<String> CONDITIONS =
      Set.of(
          "if-none-match",
          "if-modified-since",
          "if-match",
          "if-unmodified-since",
          "if-range",
          "range");

  /** Names the very text of the origin. */
  private static final Set<String> VALIDATORS =
      Set.of(
          "content-length",
          "content-encoding",
          "content-md5",
          "content-digest",
          "repr-digest",
          "digest",
          "etag",
          "last-modified",
          "accept-ranges",
          "age",
          "expires",
          "cache-control",
          "surrogate-control");

  private static final String VIA = "1.1 marquetry";
  private static final String CAPABLE = "marquetry=\"ESI/1.0\"";

  private ProxyHeaders() {}

  /**
   * Copies the headers of a request for an origin.
   *
   * @param proxies whose word on who asks is passed on
   * @param whole whether the page is wanted whole and as it is now
   */
  static void request(
      HttpServerRequest from, Proxies proxies, Origin origin, boolean whole, MultiMap to) {
    var dropped = named(from.headers());
    for (var header : from.headers()) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      boolean passes =
          !HOP_BY_HOP.contains(name)
              && !OURS.contains(name)
              && !dropped.contains(name)
              && !(whole && CONDITIONS.contains(name));
      if (passes) {
        to.add(header.getKey(), header.getValue());
      }
    }
    to.set(HttpHeaders.HOST, origin.authority());
    to.set(HttpHeaders.ACCEPT_ENCODING, acceptsGzip(from) ? "gzip" : "identity");
    var cookies = foreignCookies(from.headers().getAll(HttpHeaders.COOKIE));
    if (!cookies.isEmpty()) {
      to.set(HttpHeaders.COOKIE, cookies);
    }
    forwarded(from, proxies, to);
    to.set("Via", appended(from.getHeader("Via"), VIA));
    to.set("Surrogate-Capability", appended(from.getHeader("Surrogate-Capability"), CAPABLE));
  }

  private static void forwarded(HttpServerRequest from, Proxies proxies, MultiMap to) {
    var peer = from.remoteAddress();
    var address = peer == null ? null : peer.hostAddress();
    if (address != null) {
      to.set(
          "X-Forwarded-For",
          appended(proxies.sent(from) ? from.getHeader("X-Forwarded-For") : null, address));
    }
    var host = from.getHeader(HttpHeaders.HOST);
    if (host != null) {
      to.set("X-Forwarded-Host", host);
    }
    to.set("X-Forwarded-Proto", proxies.isSecure(from) ? "https" : "http");
  }

  private static String appended(@Nullable String before, String more) {
    return before == null || before.isBlank() ? more : before + ", " + more;
  }

  /** All cookies but ours, which is nobody else's business. */
  private static String foreignCookies(List<String> headers) {
    var kept = new ArrayList<String>();
    for (var header : headers) {
      for (var pair : header.split(";", -1)) {
        var cookie = pair.strip();
        if (!cookie.isEmpty() && !cookie.startsWith(VisitorCookie.NAME + "=")) {
          kept.add(cookie);
        }
      }
    }
    return String.join("; ", kept);
  }

  /**
   * Copies the headers of an answer for a browser.
   *
   * @param changed whether the text may not be the origin's any more
   */
  static void answer(MultiMap from, Origin origin, boolean changed, MultiMap to) {
    var dropped = named(from);
    for (var header : from) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      boolean passes =
          !HOP_BY_HOP.contains(name)
              && !dropped.contains(name)
              && !(changed && VALIDATORS.contains(name));
      if (passes) {
        var value = header.getValue();
        to.add(header.getKey(), name.equals("location") ? origin.relative(value) : value);
      }
    }
    to.set("Via", appended(from.get("Via"), VIA));
  }

  /** The headers that {@code Connection} says are for this connection only. */
  private static Set<String> named(MultiMap headers) {
    var all = headers.getAll(HttpHeaders.CONNECTION);
    if (all.isEmpty()) {
      return Set.of();
    }
    var named = new HashSet<String>();
    for (var value : all) {
      for (var name : value.split(",", -1)) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }

  /** Whether an origin says that its answer has ESI tags to be processed. */
  static boolean hasTags(MultiMap headers) {
    var control = headers.get("Surrogate-Control");
    return control != null && control.contains("ESI/1.0");
  }

  /** Whether a browser takes gzip. */
  static boolean acceptsGzip(HttpServerRequest request) {
    var accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
    if (accepted == null) {
      return false;
    }
    for (var coding : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
      var parts = coding.strip().split("\\s*;\\s*", -1);
      if (parts[0].equals("gzip") || parts[0].equals("*")) {
        return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
      }
    }
    return false;
  }
}
