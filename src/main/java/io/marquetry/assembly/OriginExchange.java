package io.marquetry.assembly;

import io.marquetry.assembly.PageDecisions.Decision;
import io.marquetry.assembly.core.MediaType;
import io.marquetry.assembly.core.Page;
import io.marquetry.assembly.core.PageMemory.Seen;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request for a page of an origin.
 *
 * <p>While the origin is asked for its answer, what the page is expected to show is decided. An
 * answer that holds no slots goes by as it is; of one that may, the head is told anew and the body
 * goes through {@link OriginBody}.
 */
final class OriginExchange {
  private static final Set<HttpMethod> REPEATABLE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final Set<Integer> BODILESS = Set.of(204, 206, 304);

  private final OriginPages pages;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Page.Proxied page;
  private final String name;
  private final OriginPages.Decider decider;
  private final @Nullable Seen seen;
  private final long begun = System.nanoTime();
  private final Promise<HttpClientResponse> head = Promise.promise();
  private @Nullable HttpClientRequest sent;
  private @Nullable OriginBody body;
  private boolean over;

  OriginExchange(
      OriginPages pages,
      HttpServerRequest request,
      Page.Proxied page,
      OriginPages.Decider decider) {
    this.pages = pages;
    this.decider = decider;
    this.request = request;
    this.response = request.response();
    this.page = page;
    name = page.key() + " " + request.path();
    seen = pages.memory().seen(name);
  }

  void begin() {
    pages.enter(this);
    if (hasBody()) {
      request.pause();
    }
    response.closeHandler(gone -> left());
    response.exceptionHandler(gone -> left());
    var expected = expected();
    var decision =
        expected.isEmpty() ? Future.succeededFuture(Decision.NONE) : decider.decide(expected);
    send(REPEATABLE.contains(request.method()) && !hasBody());
    head.future()
        .onFailure(this::refuse)
        .onSuccess(
            answer -> {
              answer.pause();
              decision.onSuccess(decided -> answer(answer, decided));
            });
  }

  private List<String> expected() {
    boolean shows = request.method().equals(HttpMethod.GET);
    return seen == null || !shows ? List.of() : seen.components();
  }

  private boolean hasBody() {
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
        || (length != null && !length.equals("0"));
  }

  private void send(boolean again) {
    pages
        .connect(page.origin(), request)
        .compose(this::send)
        .onSuccess(this::arrived)
        .onFailure(
            cause -> {
              // A connection that was kept may have been closed just when it was taken.
              if (again && cause instanceof HttpClosedException && !over) {
                send(false);
              } else {
                head.tryFail(cause);
              }
            });
  }

  private Future<HttpClientResponse> send(HttpClientRequest out) {
    sent = out;
    if (over) {
      out.reset();
      return Future.failedFuture("nobody waits any more");
    }
    boolean whole = seen != null && !seen.components().isEmpty();
    ProxyHeaders.request(request, pages.proxies(), page.origin(), whole, out.headers());
    return hasBody() ? out.send(request) : out.send();
  }

  private void arrived(HttpClientResponse answer) {
    if (!head.tryComplete(answer)) {
      answer.request().reset();
    }
  }

  private void refuse(Throwable cause) {
    if (over) {
      return;
    }
    if (hasBody()) {
      response.putHeader(HttpHeaders.CONNECTION, "close");
      request.resume();
    }
    over(OriginProblem.answer(request, cause));
  }

  // ---- the answer

  private void answer(HttpClientResponse origin, Decision decision) {
    if (over) {
      return;
    }
    var type = MediaType.parse(text(origin, HttpHeaders.CONTENT_TYPE));
    boolean tags = ProxyHeaders.hasTags(origin.headers());
    boolean readable =
        type.isReadableHtml()
            && !BODILESS.contains(origin.statusCode())
            && Coding.knows(origin.getHeader(HttpHeaders.CONTENT_ENCODING))
            && (tags || seen == null || !seen.isPlain(validator(origin)));
    response.setStatusCode(origin.statusCode()).setStatusMessage(origin.statusMessage());
    ProxyHeaders.answer(origin.headers(), page.origin(), readable, response.headers());
    if (readable) {
      personal(decision);
    }
    if (request.method().equals(HttpMethod.HEAD) || origin.statusCode() == 304) {
      origin.resume();
      over(readable ? OriginEnd.READ : OriginEnd.UNTOUCHED);
      response.end();
      return;
    }
    if (response.headers().get(HttpHeaders.CONTENT_LENGTH) == null) {
      response.setChunked(true);
    }
    body =
        readable
            ? read(origin, type, decision)
            : new OriginBody(this, origin, null, null, null, null);
    body.begin();
  }

  private void personal(Decision decision) {
    var headers = response.headers();
    headers.set(HttpHeaders.CACHE_CONTROL, PageAnswers.NO_STORE);
    headers.add(HttpHeaders.VARY, "Cookie, Accept-Encoding");
    headers.add(
        PageAnswers.TIMING,
        PageAnswers.timing(decision)
            + ", origin;dur="
            + PageAnswers.millis(System.nanoTime() - begun));
    if (decision.newDevice() != null) {
      headers.add(HttpHeaders.SET_COOKIE, pages.cookie(request, page, decision.newDevice()));
    }
  }

  private OriginBody read(HttpClientResponse origin, MediaType type, Decision decision) {
    var filter = new SlotFilter(pages.assembler(), !type.isUtf8(), decider::decide);
    filter.learn(expected(), decision);
    boolean gzip = ProxyHeaders.acceptsGzip(request);
    if (gzip) {
      response.headers().set(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    return new OriginBody(
        this,
        origin,
        filter,
        Coding.decoder(origin.getHeader(HttpHeaders.CONTENT_ENCODING)),
        gzip ? Coding.gzip() : null,
        ProxyHeaders.hasTags(origin.headers()) ? esi() : null);
  }

  private EsiPage esi() {
    return new EsiPage(
        request, page.origin(), target -> pages.fragment(request, page.origin(), target));
  }

  private static String text(HttpClientResponse origin, CharSequence header) {
    var value = origin.getHeader(header);
    return value == null ? "" : value;
  }

  /** What names the very text of an answer; empty where nothing does. */
  private static String validator(HttpClientResponse origin) {
    var tag = text(origin, HttpHeaders.ETAG);
    return tag.isEmpty() ? text(origin, HttpHeaders.LAST_MODIFIED) : tag;
  }

  HttpServerResponse response() {
    return response;
  }

  // ---- ends

  /** The answer went by whole. */
  void passed(HttpClientResponse origin, @Nullable SlotFilter filter) {
    if (filter != null) {
      boolean fixed = origin.statusCode() == 200 && !ProxyHeaders.hasTags(origin.headers());
      var validator = fixed ? validator(origin) : "";
      pages.memory().saw(name, filter.components(), validator);
    }
    over(filter == null ? OriginEnd.UNTOUCHED : OriginEnd.READ);
    response.end();
  }

  /** The origin broke off: whoever reads must not take what came for the whole. */
  void broken() {
    if (!over) {
      over(OriginEnd.BROKEN);
      reset();
      response.reset();
    }
  }

  private void left() {
    if (!over) {
      over(OriginEnd.LEFT);
      reset();
    }
  }

  private void reset() {
    if (sent != null) {
      sent.reset();
    }
  }

  private void over(OriginEnd end) {
    over = true;
    if (body != null) {
      body.close();
    }
    pages.leave(this, end);
  }

  /** Ends it where the origin has been silent for too long. */
  void look(long now) {
    if (body != null) {
      if (body.silentMillis(now) > pages.config().stallMillis()) {
        broken();
      }
    } else if (!head.future().isComplete()
        && TimeUnit.NANOSECONDS.toMillis(now - begun) > pages.config().headMillis()) {
      head.tryFail(new TimeoutException("no answer"));
      reset();
    }
  }
}
