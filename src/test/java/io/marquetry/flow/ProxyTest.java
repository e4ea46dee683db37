package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Fetch;
import io.marquetry.testkit.NodeClients;
import io.marquetry.testkit.OriginSite;
import io.marquetry.testkit.StaticSite;
import io.marquetry.testkit.Until;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages of an existing site: untouched where they have no slots, personal where they have. */
class ProxyTest extends ExistingSite {
  @BeforeAll
  static void define() {
    ORIGIN.page("/personal", HTML, page("<p>before é</p>" + SLOT + "<p>after</p>"));
  }

  // ---- slots

  @Test
  void page_withSlots_showsVariantsAndNobodyMayKeepIt() {
    for (int i = 0; i < 4; i++) { // unexpected at first, then decided ahead
      var answer = Fetch.get(url("/personal"));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(text(answer))
          .startsWith("<!doctype html><html><head><title>t</title></head><body><p>before é</p>")
          .contains("data-mq-component=\"hero\"", "data-mq-variant=\"brand\"", "data-mq-decision=")
          .endsWith("</mq-slot><p>after</p></body></html>")
          .doesNotContain("Our old hello");
      assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-store");
      assertThat(answer.headers().allValues("Vary").toString()).contains("Cookie");
      assertThat(header(answer, "Server-Timing")).contains("decide;dur=", "origin;dur=");
    }
  }

  @Test
  void page_decidedForAVisitor_isLoggedAsOneDecision() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise/rollout");
    var shown = visitor.page("/personal");
    assertThat(shown.variant("hero")).isEqualTo("enterprise");
    var logged = SERVER.admin("decisions.query", Map.of("decisionId", shown.decision()));
    assertThat(logged.text("decisions.0.decisions.0.variant")).isEqualTo("enterprise");
    assertThat(ORIGIN.asked("/personal").toString()).doesNotContain("mq_id");
  }

  @Test
  void page_inPiecesOfAnySize_isTheSame() {
    var random = new SplittableRandom(5);
    var body =
        page("<p>é</p>".repeat(300) + SLOT + "<script>'<mq-slot component=hero>'</script>" + SLOT);
    ORIGIN.on(
        "/pieces",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", HTML);
          exchange.sendResponseHeaders(200, 0);
          for (int at = 0; at < body.length; ) {
            int length = Math.min(1 + random.nextInt(97), body.length - at);
            exchange.getResponseBody().write(body, at, length);
            exchange.getResponseBody().flush();
            at += length;
          }
        });
    for (int i = 0; i < 3; i++) {
      var shown = text(Fetch.get(url("/pieces")));
      assertThat(
              shown
                  .replaceAll("(?s)<mq-slot[^>]* data-mq-[^>]*>.*?</mq-slot>", SLOT)
                  .replaceAll("(?s)<link[^>]*variants.css[^>]*>", ""))
          .isEqualTo(new String(body, StandardCharsets.UTF_8));
      assertThat(shown.split("data-mq-variant=\"brand\"", -1)).hasSize(3);
    }
  }

  @Test
  void page_compressedByItsOrigin_isReadAndCompressedAsTheBrowserWants() throws IOException {
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write(page("<p>before</p>" + SLOT));
    }
    ORIGIN.on(
        "/zipped",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          OriginSite.send(exchange, HTML, zipped.toByteArray());
        });
    var plain = Fetch.get(url("/zipped"));
    assertThat(header(plain, "Content-Encoding")).isEmpty();
    assertThat(text(plain)).contains("data-mq-variant=\"brand\"");
    var compressed = Fetch.get(url("/zipped"), "Accept-Encoding", "br, gzip;q=0.5");
    assertThat(header(compressed, "Content-Encoding")).isEqualTo("gzip");
    try (var gunzip = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertThat(new String(gunzip.readAllBytes(), StandardCharsets.UTF_8))
          .contains("data-mq-variant=\"brand\"")
          .endsWith("</html>");
    }
    assertThat(ORIGIN.asked("/zipped").toString()).contains("Accept-encoding=[gzip]");
  }

  @Test
  void page_oldEncoding_keepsItsBytesAndGetsOursAsReferences() {
    var body =
        "<p>\u00e4</p><mq-slot component=\"cta\">\u00f6</mq-slot>"
            .getBytes(StandardCharsets.ISO_8859_1);
    ORIGIN.page("/latin", "text/html; charset=ISO-8859-1", body);
    var shown = new String(Fetch.get(url("/latin")).body(), StandardCharsets.ISO_8859_1);
    assertThat(shown).startsWith("<p>\u00e4</p>").contains("data-mq-variant=\"default\"");
    assertThat(shown.substring(8).chars()).as("what is ours is ASCII").allMatch(c -> c < 128);
  }

  // ---- what has no slots

  @ParameterizedTest
  @CsvSource({
    "/plain.html, text/html; charset=utf-8",
    "/plain.bin, application/octet-stream",
    "/plain.js, text/javascript",
    "/plain.utf16, text/html; charset=utf-16le",
    "/plain.odd, text/html; charset=x-made-up"
  })
  void answer_withoutSlots_isTheOriginsByteForByte(String path, String type) {
    var body = new byte[70_000];
    new java.util.Random(path.hashCode()).nextBytes(body);
    ORIGIN.page(path, type, body);
    for (int i = 0; i < 3; i++) {
      var answer = Fetch.get(url(path));
      assertThat(answer.body()).isEqualTo(body);
      assertThat(header(answer, "Content-Type")).isEqualTo(type);
    }
  }

  @Test
  void slots_inWhatCannotBeRead_stayAsTheyAre() {
    var utf16 = ("<p>" + SLOT).getBytes(StandardCharsets.UTF_16LE);
    ORIGIN.page("/wide", "text/html; charset=utf-16le", utf16);
    assertThat(Fetch.get(url("/wide")).body()).isEqualTo(utf16);
    ORIGIN.page("/text", "text/plain", page(SLOT));
    assertThat(Fetch.get(url("/text")).body()).isEqualTo(page(SLOT));
    ORIGIN.on(
        "/brotli",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "br");
          OriginSite.send(exchange, HTML, page(SLOT));
        });
    var brotli = Fetch.get(url("/brotli"));
    assertThat(brotli.body()).isEqualTo(page(SLOT));
    assertThat(header(brotli, "Content-Encoding")).isEqualTo("br");
  }

  @Test
  void page_knownToHaveNoSlots_keepsItsValidatorsAndIsAskedForConditionally() {
    ORIGIN.on(
        "/tagged",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "\"v1\"");
          exchange.getResponseHeaders().set("Cache-Control", "public, max-age=60");
          if ("\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
          } else {
            OriginSite.send(exchange, HTML, page("<p>for everybody</p>"));
          }
        });
    Until.until(
        "every event loop has seen that it has no slots",
        () -> {
          boolean kept = true;
          for (int i = 0; i < 8; i++) {
            kept &= header(Fetch.get(url("/tagged")), "ETag").equals("\"v1\"");
          }
          return kept;
        });
    var answer = Fetch.get(url("/tagged"));
    assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=60");
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(answer.body().length));
    var again = Fetch.get(url("/tagged"), "If-None-Match", "\"v1\"");
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void page_knownToHaveSlots_isNeverAskedForConditionally() {
    ORIGIN.on(
        "/tagged-personal",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "\"v1\"");
          if (exchange.getRequestHeaders().containsKey("If-None-Match")) {
            exchange.sendResponseHeaders(304, -1);
          } else {
            OriginSite.send(exchange, HTML, page(SLOT));
          }
        });
    for (int i = 0; i < 8; i++) {
      var answer = Fetch.get(url("/tagged-personal"));
      assertThat(header(answer, "ETag")).isEmpty();
      assertThat(text(answer)).contains("data-mq-variant");
    }
    var again = Fetch.get(url("/tagged-personal"), "If-None-Match", "\"v1\"", "Range", "bytes=0-4");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(text(again)).contains("data-mq-variant");
  }

  // ---- ESI

  @Test
  void page_withEsiTags_isPutTogether() {
    ORIGIN.page("/esi/part", "text/html", page("<i>part</i>"));
    ORIGIN.on(
        "/esi/who",
        exchange ->
            OriginSite.send(
                exchange,
                "text/plain",
                String.valueOf(exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8)));
    var source =
        """
        <esi:remove>not for us</esi:remove><esi:comment text="nor this"/>\
        <!--esi <b>only for processors</b>-->\
        [<esi:include src="part"/>][<esi:include src="/esi/gone" alt="/esi/part"/>]\
        [<esi:include src="/esi/gone" onerror="continue"/>][<esi:include src="http://127.0.0.1:1/x"/>]\
        <esi:try><esi:attempt><esi:include src="/esi/gone"/></esi:attempt><esi:except>instead</esi:except></esi:try>\
        <esi:choose><esi:when test="$(HTTP_COOKIE{plan})=='pro' & !($(QUERY_STRING{x})=='2')">pro</esi:when>\
        <esi:otherwise>free</esi:otherwise></esi:choose>\
        <esi:vars>hello $(QUERY_STRING{name}|'you')</esi:vars>\
        [<esi:include src="/esi/who?n=$(QUERY_STRING{name})"/>]<esi:include src="/mq/components/hero"/>\
        """;
    ORIGIN.on(
        "/esi/page",
        exchange -> {
          exchange.getResponseHeaders().set("Surrogate-Control", "content=\"ESI/1.0\"");
          OriginSite.send(exchange, HTML, source.getBytes(StandardCharsets.UTF_8));
        });
    for (int i = 0; i < 3; i++) {
      var answer = Fetch.get(url("/esi/page?name=%3Ca%3E"), "Cookie", "plan=pro");
      var part = new String(page("<i>part</i>"), StandardCharsets.UTF_8);
      assertThat(text(answer))
          .startsWith(
              " <b>only for processors</b>["
                  + part
                  + "]["
                  + part
                  + "][][]insteadprohello &#60;a&#62;"
                  + "[/esi/who?n=%3Ca%3E]")
          .contains("data-mq-variant=\"brand\"")
          .doesNotContain("esi:");
      assertThat(header(answer, "Surrogate-Control")).isEmpty();
    }
    assertThat(text(Fetch.get(url("/esi/page?x=2"), "Cookie", "plan=pro")))
        .contains("freehello you[");
  }

  @Test
  void page_withEsiTagsButNoWordOfIt_keepsThem() {
    var body = page("<esi:include src=\"/esi/part\"/>");
    ORIGIN.page("/esi/unsaid", HTML, body);
    assertThat(Fetch.get(url("/esi/unsaid")).body()).isEqualTo(body);
  }

  // ---- a site that others wrote: the presentation that comes with reveal.js

  private static final Path REVEAL = NodeClients.file("node_modules/reveal.js");

  @Test
  @Tag("clients")
  void realSite_asItCame_isTheSameByteForByte() throws IOException {
    NodeClients.install();
    List<Path> files;
    try (var all = Files.walk(REVEAL)) {
      files = all.filter(Files::isRegularFile).filter(file -> !isHidden(file)).toList();
    }
    assertThat(files).hasSizeGreaterThan(50).contains(REVEAL.resolve("demo.html"));
    try (var site = StaticSite.of(NodeClients.file("node_modules"))) {
      put("reveal", "/reveal.js/*", site.base());
      for (int round = 0; round < 2; round++) {
        for (var file : files) {
          var path = "/reveal.js/" + REVEAL.relativize(file).toString().replace('\\', '/');
          var through = Fetch.get(url(path));
          assertThat(through.body()).as(path).isEqualTo(Files.readAllBytes(file));
          var direct = Fetch.get(site.base() + path);
          assertThat(header(through, "Content-Type"))
              .as(path)
              .isEqualTo(header(direct, "Content-Type"));
        }
      }
    }
  }

  /** The JDK's server of files keeps these to itself. */
  private static boolean isHidden(Path file) {
    for (var part : REVEAL.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  @Test
  @Tag("clients")
  void realSite_withASlotInIt_isPersonalizedThereAndNowhereElse() throws IOException {
    NodeClients.install();
    var demo = Files.readString(REVEAL.resolve("demo.html"));
    int at = demo.indexOf("<section>") + "<section>".length();
    var slotted = demo.substring(0, at) + SLOT + demo.substring(at);
    ORIGIN.page("/slotted.html", "text/html", slotted.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 3; i++) {
      var shown = text(Fetch.get(url("/slotted.html")));
      int from = shown.indexOf("<mq-slot");
      int to = shown.indexOf("</mq-slot>") + "</mq-slot>".length();
      assertThat(shown.substring(from, to)).contains("data-mq-variant=\"brand\"");
      assertThat(
              shown.substring(0, from).replaceAll("<link[^>]*variants.css[^>]*>", "")
                  + shown.substring(to))
          .isEqualTo(demo);
    }
  }
}
