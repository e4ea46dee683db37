package io.marquetry.assembly;

import io.marquetry.assembly.core.Esi;
import io.marquetry.assembly.core.EsiParser;
import io.marquetry.assembly.core.EsiVariables;
import io.marquetry.assembly.core.Origin;
import io.marquetry.content.Keys;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Puts a page with ESI tags together. Everything it includes is asked for at once, from the page's
 * own origin and from nowhere else; components of ours are left to be shown as slots.
 *
 * <p>As in Varnish, a page does without what cannot be had, unless it says what else to show.
 */
final class EsiPage {
  private static final String COMPONENTS = "/mq/components/";
  private static final int DEEPEST = 5;
  private static final int MOST_INCLUDES = 100;

  private final Fetcher fetcher;
  private final Origin origin;
  private final String path;
  private final EsiVariables variables;
  private int includes;

  /** A fragment as its origin gave it. */
  record Fragment(String text, boolean hasTags) {}

  /** Fetches a path of the origin; fails where it cannot be had. */
  @FunctionalInterface
  interface Fetcher {
    Future<Fragment> fetch(String target);
  }

  EsiPage(HttpServerRequest request, Origin origin, Fetcher fetcher) {
    this.fetcher = fetcher;
    this.origin = origin;
    path = request.path();
    variables = variables(request);
  }

  private static EsiVariables variables(HttpServerRequest request) {
    var whole = new HashMap<String, String>();
    for (var name : List.of("Host", "Referer", "User-Agent", "Accept-Language", "Cookie")) {
      var value = request.getHeader(name);
      if (value != null) {
        whole.put("HTTP_" + name.toUpperCase(Locale.ROOT).replace('-', '_'), value);
      }
    }
    whole.put("QUERY_STRING", request.query() == null ? "" : request.query());
    var cookies = new HashMap<String, String>();
    request.cookies().forEach(cookie -> cookies.put(cookie.getName(), cookie.getValue()));
    var query = new HashMap<String, String>();
    request.params().forEach((name, value) -> query.putIfAbsent(name, value));
    return new EsiVariables(whole, Map.of("HTTP_COOKIE", cookies, "QUERY_STRING", query));
  }

  /** The page with everything in it; never fails. */
  Future<byte[]> assemble(byte[] page) {
    var text = new String(page, StandardCharsets.ISO_8859_1);
    return all(EsiParser.parse(text, variables), false, 0)
        .map(whole -> whole.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Fails only where {@code strict}, and something cannot be had. */
  private Future<String> all(List<Esi> nodes, boolean strict, int depth) {
    var parts = new ArrayList<Future<String>>();
    for (var node : nodes) {
      parts.add(
          switch (node) {
            case Esi.Text text -> Future.succeededFuture(text.text());
            case Esi.Include include -> include(include, strict, depth);
            case Esi.Try either ->
                all(either.attempt(), true, depth)
                    .recover(failed -> all(either.except(), strict, depth));
          });
    }
    return Future.all(parts)
        .map(
            done -> {
              var whole = new StringBuilder();
              parts.forEach(part -> whole.append(part.result()));
              return whole.toString();
            });
  }

  private Future<String> include(Esi.Include include, boolean strict, int depth) {
    var fetched = fetch(include.src(), depth);
    if (!include.alt().isEmpty()) {
      fetched = fetched.recover(failed -> fetch(include.alt(), depth));
    }
    return strict && !include.optional() ? fetched : fetched.otherwise("");
  }

  private Future<String> fetch(String address, int depth) {
    if (address.startsWith(COMPONENTS) && Keys.isKey(address.substring(COMPONENTS.length()))) {
      return Future.succeededFuture("<esi:include src=\"" + address + "\"/>");
    }
    if (++includes > MOST_INCLUDES || depth >= DEEPEST) {
      return Future.failedFuture("too many includes");
    }
    String target;
    try {
      var resolved = URI.create(origin.base() + path).resolve(address).toString();
      target = origin.relative(resolved);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    if (!target.startsWith("/")) {
      return Future.failedFuture("not of this origin");
    }
    return fetcher
        .fetch(target)
        .compose(
            fragment ->
                fragment.hasTags()
                    ? all(EsiParser.parse(fragment.text(), variables), false, depth + 1)
                    : Future.succeededFuture(fragment.text()));
  }
}
