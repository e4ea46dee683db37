package io.marquetry.assembly;

import io.marquetry.assembly.core.Chunks;
import io.marquetry.assembly.core.Page;
import io.marquetry.platform.Proxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What we and a cache in front that puts pages together say to each other (Edge Architecture 1.0).
 *
 * <p>How long that cache may keep something stands in {@code Surrogate-Control}; to everybody else
 * {@code Cache-Control} says the same as of the whole page, so that neither a browser nor a cache
 * that does not know ESI keeps it. {@code Surrogate-Key} names what an answer is made of, to be
 * dropped by.
 */
final class Surrogate {
  /** Path and query of the page that a fragment becomes part of, as the cache was asked for it. */
  static final String PAGE = "X-Mq-Page";

  private static final String CAPABILITY = "Surrogate-Capability";
  private static final String CONTROL = "Surrogate-Control";
  private static final String KEY = "Surrogate-Key";
  private static final int MOST_KEYS = 50;

  private final Proxies proxies;
  private final String control;

  /** What is handed to caches, as it is counted. */
  enum Handed {
    /** A page with includes in place of its slots. */
    FRAME,
    /** A component that everybody is shown. */
    SHARED,
    /** A component decided for whoever asked. */
    PERSONAL,
    /** What is shown where a component cannot be had. */
    FALLBACK
  }

  Surrogate(Proxies proxies, int seconds) {
    this.proxies = proxies;
    control = "max-age=" + seconds + ", content=\"ESI/1.0\"";
  }

  /**
   * Whether a page is to be put together by whoever asks. Only proxies that are believed can ask
   * for that: anybody else could have the frame kept by a cache that does not know ESI.
   */
  boolean assembles(HttpServerRequest request) {
    var capability = request.getHeader(CAPABILITY);
    return capability != null && capability.contains("ESI/1.0") && proxies.sent(request);
  }

  /** Answers with the frame of a page. */
  void frame(HttpServerRequest request, Page.Own page, Chunks frame) {
    var response = request.response();
    response
        .putHeader(HttpHeaders.CACHE_CONTROL, PageAnswers.NO_STORE)
        .putHeader(HttpHeaders.VARY, CAPABILITY)
        .putHeader(CONTROL, control);
    var components = page.components().stream().limit(MOST_KEYS - 1).map(Surrogate::component);
    keys(response, Stream.concat(Stream.of("page-" + page.key()), components));
    PageAnswers.endShared(request, frame);
  }

  /** Says what a fragment is made of. */
  static void keys(HttpServerResponse response, String component) {
    keys(response, Stream.of(component(component)));
  }

  private static String component(String key) {
    return "component-" + key;
  }

  private static void keys(HttpServerResponse response, Stream<String> keys) {
    response.putHeader(KEY, keys.collect(Collectors.joining(" ")));
  }
}
