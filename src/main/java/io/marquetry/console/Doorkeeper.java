package io.marquetry.console;

import io.marquetry.console.core.OriginCheck;
import io.marquetry.platform.Answers;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * What a request brings to prove who sent it, and whether that counts.
 *
 * <p>A page of somebody else gets nowhere. A cookie comes with a request whether its user meant it
 * or not, so it counts only where the browser says that one of our pages asks; from what is no
 * browser, only with a body that calls itself JSON, which no foreign form can send. A bearer token
 * was put there on purpose and always counts.
 */
final class Doorkeeper {
  static final String COOKIE = "mq_admin";

  private static final String BEARER = "Bearer ";

  private Doorkeeper() {}

  /** Lets requests pass that no foreign page made; others are answered. */
  static void noForeignPage(RoutingContext context) {
    if (origin(context.request()) == OriginCheck.FOREIGN) {
      Answers.error(context, 403, "forbidden", "this is not for pages of another origin");
    } else {
      context.next();
    }
  }

  static OriginCheck origin(HttpServerRequest request) {
    return OriginCheck.of(
        request.getHeader(HttpHeaders.ORIGIN),
        request.getHeader("Sec-Fetch-Site"),
        request.getHeader(HttpHeaders.HOST));
  }

  /** The token that counts for a call, empty where none does. */
  static String token(HttpServerRequest request) {
    var bearer = bearer(request.getHeader(HttpHeaders.AUTHORIZATION));
    if (!bearer.isEmpty()) {
      return bearer;
    }
    boolean meant =
        switch (origin(request)) {
          case OWN -> true;
          case FOREIGN -> false;
          case NONE -> isJson(request.getHeader(HttpHeaders.CONTENT_TYPE));
        };
    return meant ? cookie(request) : "";
  }

  /** The token that counts for opening a socket, empty where none does. */
  static String socketToken(HttpServerRequest request) {
    var bearer = bearer(request.getHeader(HttpHeaders.AUTHORIZATION));
    // A browser always names the origin of a page that opens a socket, so here no form can pretend.
    return bearer.isEmpty() && origin(request) != OriginCheck.FOREIGN ? cookie(request) : bearer;
  }

  /** The token in the value of an {@code Authorization} header, else empty. */
  static String bearer(@Nullable String header) {
    return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? header.substring(BEARER.length()).strip()
        : "";
  }

  private static String cookie(HttpServerRequest request) {
    var cookie = request.getCookie(COOKIE);
    return cookie == null ? "" : cookie.getValue();
  }

  private static boolean isJson(@Nullable String type) {
    return type != null && type.regionMatches(true, 0, "application/json", 0, 16);
  }

  /** Sets the cookie that keeps somebody logged in; with an empty token, takes it away. */
  static void setCookie(RoutingContext context, String token, long seconds, boolean secure) {
    var cookie =
        "%s=%s; Max-Age=%d; Path=/; HttpOnly; SameSite=Strict%s"
            .formatted(COOKIE, token, seconds, secure ? "; Secure" : "");
    context.response().headers().add(HttpHeaders.SET_COOKIE, cookie);
  }
}
