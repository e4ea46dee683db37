package io.marquetry.consent;

import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.follow.Site;
import io.marquetry.platform.Caller;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who speaks about consent, and whose.
 *
 * @param devices device ids the caller proved or may name; the cookie's first
 * @param user only where a server's secret key vouches for it
 * @param fromServer whether it is a customer's server rather than the visitor's browser
 * @param knownByCookie whether the browser already carries a cookie of ours that is valid here
 */
record Claim(
    Site site,
    List<String> devices,
    @Nullable String user,
    boolean fromServer,
    boolean knownByCookie) {

  /** Why a caller is turned away, as HTTP says it. */
  static final class Denied extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;
    private final String field;

    Denied(int status, String code, String field, String message) {
      super(message, null, false, false);
      this.status = status;
      this.code = code;
      this.field = field;
    }

    int status() {
      return status;
    }

    String code() {
      return code;
    }

    String field() {
      return field;
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  boolean isNobody() {
    return devices.isEmpty() && user == null;
  }

  /** Finds out; {@code said} is the body, or the query of a request without one. */
  static Claim of(
      HttpServerRequest request, Map<String, Object> said, CatalogueView view, VisitorCookie cookie)
      throws Denied {
    var inHead = Caller.key(request);
    var key = inHead == null && said.get("writeKey") instanceof String text ? text : inHead;
    var access = view.keys().find(key);
    if (key != null && access == null) {
      throw new Denied(401, "unauthorized", "", "this key is unknown");
    }
    var site = access == null ? siteOf(request, view, cookie) : view.site(access.site());
    if (site == null) {
      throw new Denied(
          401,
          "unauthorized",
          "",
          "a visitor's cookie or a write key is needed to ask for consent");
    }
    boolean fromServer = access != null && access.isServer() && isBearer(request);
    return of(request, said, site, access, fromServer, cookie);
  }

  private static Claim of(
      HttpServerRequest request,
      Map<String, Object> said,
      Site site,
      @Nullable Access access,
      boolean fromServer,
      VisitorCookie cookie)
      throws Denied {
    var devices = new ArrayList<String>(2);
    var own = fromServer ? null : cookie.device(request, site.key());
    if (own != null) {
      if (!mayUseCookie(request, site)) {
        throw new Denied(403, "forbidden", "", "this origin is not among the site's origins");
      }
      devices.add(own);
    }
    var named = id(said, "anonymousId");
    if (named != null && access == null && !named.equals(own)) {
      throw new Denied(401, "unauthorized", "anonymousId", "naming an anonymousId takes a key");
    }
    if (named != null && !named.equals(own)) {
      devices.add(named);
    }
    var user = id(said, "userId");
    if (user != null && !fromServer) {
      throw new Denied(
          403, "forbidden", "userId", "naming a userId takes a server key as bearer token");
    }
    return new Claim(site, List.copyOf(devices), user, fromServer, own != null);
  }

  private static @Nullable String id(Map<String, Object> said, String field) throws Denied {
    var value = said.get(field);
    if (value == null) {
      return null;
    }
    if (value instanceof String text
        && !text.isBlank()
        && text.getBytes(StandardCharsets.UTF_8).length <= VisitorCookie.MAX_DEVICE_BYTES) {
      return text;
    }
    throw new Denied(
        422,
        "invalid",
        field,
        "an id is a text of 1 to " + VisitorCookie.MAX_DEVICE_BYTES + " bytes");
  }

  private static boolean isBearer(HttpServerRequest request) {
    var header = request.getHeader(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
  }

  /** A cookie is bound to its site, so it tells which one it is of. */
  private static @Nullable Site siteOf(
      HttpServerRequest request, CatalogueView view, VisitorCookie cookie) {
    if (request.getCookie(VisitorCookie.NAME) == null) {
      return null;
    }
    for (var site : view.sites().values()) {
      if (cookie.device(request, site.key()) != null) {
        return site;
      }
    }
    return null;
  }

  /** A page of another site must not speak with the visitor's cookie unless it was let in. */
  private static boolean mayUseCookie(HttpServerRequest request, Site site) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var relation = request.getHeader("Sec-Fetch-Site");
    if ("same-origin".equals(relation) || "none".equals(relation)) {
      return true;
    }
    if (origin == null) {
      return relation == null;
    }
    return site.origins().contains(origin) || isOwn(origin, request);
  }

  private static boolean isOwn(String origin, HttpServerRequest request) {
    var authority = request.authority();
    int host = origin.indexOf("://") + 3;
    return authority != null
        && host > 2
        && origin.substring(host).equalsIgnoreCase(authority.toString());
  }
}
