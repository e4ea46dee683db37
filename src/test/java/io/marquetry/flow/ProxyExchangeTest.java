package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.testkit.Fetch;
import io.marquetry.testkit.OriginSite;
import io.marquetry.testkit.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for pages of an existing site, and what becomes of them when it fails. */
class ProxyExchangeTest extends ExistingSite {
  // ---- requests

  @Test
  void request_withBody_reachesTheOriginAsItIs() {
    ORIGIN.on(
        "/echo",
        exchange -> {
          var body = exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("X-Method", exchange.getRequestMethod());
          exchange.getResponseHeaders().set("X-Query", exchange.getRequestURI().getRawQuery());
          OriginSite.send(exchange, "application/octet-stream", body);
        });
    var body = new byte[1_500_000];
    new java.util.Random(9).nextBytes(body);
    for (var method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
      var answer = Fetch.send(method, url("/echo?a=%20b&c"), body);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(header(answer, "X-Method")).isEqualTo(method);
      assertThat(header(answer, "X-Query")).isEqualTo("a=%20b&c");
    }
  }

  @Test
  void headers_ofOneConnection_stayThere() {
    ORIGIN.on(
        "/hops",
        exchange -> {
          exchange.getResponseHeaders().set("Connection", "X-Origin-Secret");
          exchange.getResponseHeaders().set("X-Origin-Secret", "1");
          exchange.getResponseHeaders().set("Keep-Alive", "timeout=1");
          exchange.getResponseHeaders().set("X-Told", "yes");
          OriginSite.send(exchange, "text/plain", page("x"));
        });
    var answer =
        Fetch.raw(
            SERVER.base(),
            String.join(
                "\r\n",
                "GET http://elsewhere.invalid/hops HTTP/1.1",
                "Host: shop.example",
                "Connection: X-Secret",
                "Connection: close",
                "X-Secret: 1",
                "TE: trailers",
                "Upgrade: h2c",
                "Cookie: a=1; mq_id=forged; b=2",
                "X-Plain: kept",
                "",
                ""));
    assertThat(answer).startsWith("HTTP/1.1 200").contains("X-told: yes", "Via: 1.1 marquetry");
    assertThat(answer).doesNotContain("X-Origin-Secret").doesNotContain("Keep-Alive");
    var asked = ORIGIN.asked("/hops").toString();
    assertThat(asked)
        .contains(
            "X-plain=[kept]", "X-forwarded-host=[shop.example]", "X-forwarded-for=[127.0.0.1]")
        .contains("Cookie=[a=1; b=2]", "Host=[" + ORIGIN.base().substring(7) + "]")
        .contains("Surrogate-capability=[marquetry=\"ESI/1.0\"]")
        .doesNotContain("X-secret", "Te=", "Upgrade=");
  }

  @Test
  void redirect_withinTheOrigin_staysHere() {
    ORIGIN.on(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().set("Location", ORIGIN.base() + "/personal?x=1");
          exchange.sendResponseHeaders(302, -1);
        });
    var answer = Fetch.get(url("/moved"));
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(header(answer, "Location")).isEqualTo("/personal?x=1");
  }

  // ---- origins that fail

  @Test
  void origin_notThere_isA502InPlainWords() throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    put("dead", "/dead/*", "http://127.0.0.1:" + nobody);
    var answer = Fetch.get(url("/dead/page"));
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(text(answer)).contains("cannot be reached");
    assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-store");
  }

  @Test
  void origin_silent_isA504() {
    var release = new CountDownLatch(1);
    ORIGIN.on("/silent", exchange -> release.await());
    try {
      var answer = Fetch.get(url("/silent"));
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(text(answer)).contains("does not answer in time");
    } finally {
      release.countDown();
    }
  }

  @Test
  void origin_error_passesWithItsSlots() {
    ORIGIN.on(
        "/gone",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", HTML);
          var body = page(SLOT);
          exchange.sendResponseHeaders(410, body.length);
          exchange.getResponseBody().write(body);
        });
    var answer = Fetch.get(url("/gone"));
    assertThat(answer.statusCode()).isEqualTo(410);
    assertThat(text(answer)).contains("data-mq-variant=\"brand\"");
  }

  @ParameterizedTest
  @CsvSource({"text/html", "image/png"})
  void origin_breaksOffInTheMiddle_isNeverTakenForTheWhole(String type) {
    var path = "/breaks-" + type.substring(0, 4);
    ORIGIN.on(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write(page("<p>a part of it</p>"));
          exchange.getResponseBody().flush();
        });
    assertThatThrownBy(() -> Fetch.get(url(path))).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void origin_stallsInTheMiddle_isGivenUp() {
    var release = new CountDownLatch(1);
    ORIGIN.on(
        "/stalls",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", HTML);
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(page("<p>a part of it</p>"));
          exchange.getResponseBody().flush();
          release.await();
        });
    try {
      assertThatThrownBy(() -> Fetch.get(url("/stalls"))).isInstanceOf(UncheckedIOException.class);
    } finally {
      release.countDown();
    }
  }

  // ---- streaming

  @Test
  void firstBytes_doNotWaitForTheRest() throws IOException {
    var read = new CountDownLatch(1);
    ORIGIN.on(
        "/early",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", HTML);
          exchange.sendResponseHeaders(200, 0);
          exchange
              .getResponseBody()
              .write("<p>early</p><mq-slot component=hero>".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          read.await();
          exchange
              .getResponseBody()
              .write("</mq-slot><p>late</p>".getBytes(StandardCharsets.UTF_8));
        });
    try (var body = Fetch.open(url("/early")).body()) {
      assertThat(new String(body.readNBytes(12), StandardCharsets.UTF_8)).isEqualTo("<p>early</p>");
      read.countDown();
      assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
          .contains("data-mq-variant=\"brand\"")
          .endsWith("<p>late</p>");
    }
  }

  @Test
  void slowBrowser_holdsBackTheOrigin() throws IOException {
    long size = 300_000_000;
    var written = new AtomicLong();
    ORIGIN.on(
        "/huge",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", HTML);
          exchange.sendResponseHeaders(200, 0);
          var piece = new byte[50_000];
          while (written.get() < size) {
            exchange.getResponseBody().write(piece);
            written.addAndGet(piece.length);
          }
        });
    try (var body = Fetch.open(url("/huge")).body()) {
      assertThat(body.readNBytes(1)).hasSize(1);
      var last = new AtomicLong(-1);
      var same = new AtomicLong();
      Until.until(
          "the origin is held back",
          () -> {
            long now = written.get();
            same.set(now == last.getAndSet(now) ? same.get() + 1 : 0);
            return same.get() >= 20;
          });
      assertThat(written.get()).isLessThan(size / 4);
      assertThat(body.readNBytes(20_000_000)).hasSize(20_000_000);
    }
  }

  @Test
  void originOfAPage_mustBeAnOrigin() {
    for (var origin :
        new String[] {"ftp://x", "http://a/b", "http://u@h", "nonsense", "http://a?b"}) {
      var body =
          Map.<String, Object>of("key", "x", "site", "demo", "path", "/x/*", "origin", origin);
      assertThat(SERVER.adminAnswer("pages.put", body).expect(422).text("error.field"))
          .isEqualTo("origin");
    }
  }
}
