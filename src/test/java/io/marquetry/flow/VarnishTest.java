package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Fetch;
import io.marquetry.testkit.OriginSite;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Varnish;
import io.marquetry.testkit.Visitor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Varnish as Debian has it in front of the server, set up by {@code docs/varnish.vcl}. */
@Tag("server")
@Tag("varnish")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VarnishTest {
  private static final RunningServer.Setup SETUP =
      RunningServer.with().config("{\"trustedProxies\": [\"127.0.0.1\"]}");
  private static final Pattern DECISION = Pattern.compile(" data-mq-decision=\"([^\"]*)\"");
  private static final String PAGE =
      "<!doctype html><html><head><title>t</title></head><body>"
          + "<mq-slot component=\"hero\" class=\"wide\"><h1>Our old hello</h1></mq-slot><hr>"
          + "<mq-slot component=\"cta\"></mq-slot><hr>"
          + "<mq-slot component=\"footer\"></mq-slot></body></html>";

  @RegisterExtension static final RunningServer SERVER = SETUP.prepared();
  private static final Footer FOOTER = new Footer(SERVER);

  private static @Nullable Varnish varnish;

  @BeforeAll
  static void start() {
    varnish = Varnish.before(SERVER);
    FOOTER.define("Since 1987");
    SERVER.admin(
        "rules.put",
        Map.of(
            "key",
            "letter",
            "component",
            "hero",
            "priority",
            95,
            "when",
            Map.of("campaign.source", "letter"),
            "then",
            Map.of("show", "workshop"),
            "enabled",
            true));
    page("offers", PAGE);
    page("about", PAGE);
    page("news", PAGE);
  }

  @AfterAll
  static void stop() {
    if (varnish != null) {
      varnish.close();
    }
  }

  private static void page(String key, String template) {
    SERVER.admin(
        "pages.put", Map.of("key", key, "site", "demo", "path", "/" + key, "template", template));
  }

  private static Varnish varnish() {
    var running = varnish;
    if (running == null) {
      throw new AssertionError("it was never started");
    }
    return running;
  }

  private static HttpResponse<byte[]> cached(String path, String... headers) {
    return Fetch.get(varnish().base() + path, headers);
  }

  private static HttpResponse<byte[]> cachedFor(Visitor visitor, String path) {
    return cached(path, "Cookie", "mq_id=" + visitor.cookie("mq_id"));
  }

  private static String text(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static List<String> decisions(String html) {
    return DECISION.matcher(html).results().map(found -> found.group(1)).toList();
  }

  private static String anyDecision(String html) {
    return DECISION.matcher(html).replaceAll("");
  }

  private static Visitor prospect() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise/rollout");
    return visitor;
  }

  /** How often the server handed something of this kind to caches. */
  private static long handed(String kind) {
    return SERVER
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("marquetry_handed_total"))
        .filter(line -> line.contains("kind=\"" + kind + "\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  @Order(1)
  void pages_putTogetherByVarnish_areWhatTheServerWouldSend() {
    var visitor = prospect();
    for (var path : List.of("/", "/pricing", "/offers")) {
      var whole = visitor.page(path).html();
      var answer = cachedFor(visitor, path);
      assertThat(anyDecision(text(answer))).as(path).isEqualTo(anyDecision(whole));
      assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-store");
      assertThat(answer.headers().map())
          .doesNotContainKeys("surrogate-control", "surrogate-key", "set-cookie", "etag");
    }
    assertThat(text(cachedFor(visitor, "/offers"))).contains("data-mq-variant=\"enterprise\"");
  }

  @Test
  @Order(2)
  void publicFragment_onTwoPages_isFetchedOnce_personalOnesEachTime() {
    long frames = handed("frame");
    long shared = handed("shared");
    long personal = handed("personal");
    drop("component-footer");
    for (int i = 0; i < 5; i++) {
      for (var path : List.of("/about", "/news")) {
        assertThat(text(cached(path)))
            .contains("<footer>Since 1987</footer>", "data-mq-variant=\"brand\"");
      }
    }
    assertThat(handed("frame") - frames).isEqualTo(2);
    assertThat(handed("shared") - shared).isEqualTo(1);
    assertThat(handed("personal") - personal).isEqualTo(2 * 10);
  }

  @Test
  @Order(3)
  void fragment_isDecidedByThePageItStandsOn() {
    assertThat(text(cached("/offers?utm_source=letter"))).contains("data-mq-variant=\"workshop\"");
    assertThat(text(cached("/offers?utm_source=other"))).contains("data-mq-variant=\"brand\"");
    // nobody but Varnish says what page it is
    assertThat(text(cached("/offers", "X-Mq-Page", "/offers?utm_source=letter")))
        .contains("data-mq-variant=\"brand\"");
    assertThat(text(cached("/offers", "Surrogate-Capability", "none"))).doesNotContain("esi:");
  }

  @Test
  @Order(4)
  void frame_askedForByAnybodyElse_isAWholePage() throws IOException, InterruptedException {
    try (var stranger =
        HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.2")).build()) {
      var request =
          HttpRequest.newBuilder(URI.create(SERVER.base().replace("localhost", "127.0.0.1") + "/"))
              .header("Surrogate-Capability", "mine=\"ESI/1.0\"")
              .build();
      var answer = stranger.send(request, BodyHandlers.ofByteArray());
      assertThat(text(answer)).contains("data-mq-decision=").doesNotContain("esi:");
      assertThat(header(answer, "Surrogate-Control")).isEmpty();
    }
  }

  @Test
  @Order(5)
  void visitors_allAtOnce_seeNothingOfEachOther() throws Exception {
    var prospect = prospect();
    var newcomer = SERVER.visitor().accepts();
    newcomer.looksAt("/products");
    var seen = new ArrayList<Future<List<String>>>();
    try (var browsers = Executors.newFixedThreadPool(16)) {
      var random = new SplittableRandom(7);
      for (int i = 0; i < 600; i++) {
        int who = random.nextInt(3);
        var path = List.of("/offers", "/about", "/news", "/").get(random.nextInt(4));
        seen.add(browsers.submit(() -> look(who, path, prospect, newcomer)));
      }
    }
    var all = new ArrayList<String>();
    for (var decisions : seen) {
      all.addAll(decided(decisions));
    }
    assertThat(all).hasSizeGreaterThan(1_000);
    assertThat(new HashSet<>(all)).as("no decision is ever shown twice").hasSameSizeAs(all);
  }

  private static List<String> look(int who, String path, Visitor prospect, Visitor newcomer) {
    var answer =
        switch (who) {
          case 0 -> cachedFor(prospect, path);
          case 1 -> cachedFor(newcomer, path);
          default -> cached(path);
        };
    var html = text(answer);
    assertThat(html).contains("data-mq-variant=\"" + (who == 0 ? "enterprise" : "brand") + "\"");
    return decisions(html);
  }

  private static List<String> decided(Future<List<String>> decisions) throws InterruptedException {
    try {
      return decisions.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private static void drop(String key) {
    assertThat(ask("BAN /", "Surrogate-Key: " + key)).startsWith("HTTP/1.1 200");
  }

  private static String ask(String request, String... headers) {
    return Fetch.raw(
        varnish().base(),
        request
            + " HTTP/1.1\r\nHost: "
            + URI.create(varnish().base()).getAuthority()
            + "\r\nConnection: close\r\n"
            + String.join("\r\n", headers)
            + "\r\n\r\n");
  }

  @Test
  @Order(6)
  void publish_whatIsKept_changesWhenItIsDropped() {
    assertThat(text(cached("/offers"))).contains("Since 1987");
    FOOTER.say("Since 1988");
    page("offers", PAGE.replace("<hr>", "<p>new</p>"));
    assertThat(text(cached("/offers"))).contains("Since 1987", "<hr>");
    drop("component-foot");
    assertThat(text(cached("/offers"))).as("a key is a whole one").contains("Since 1987");
    drop("component-footer");
    assertThat(text(cached("/offers"))).contains("Since 1988", "<p>new</p>");
    page("offers", PAGE);
    assertThat(text(cached("/offers"))).contains("<p>new</p>");
    assertThat(ask("PURGE /offers")).startsWith("HTTP/1.1 200");
    assertThat(text(cached("/offers"))).contains("<hr>");
    assertThat(ask("PURGE /offers", "X-Forwarded-For: 192.0.2.7")).startsWith("HTTP/1.1 403");
    assertThat(ask("BAN /", "Surrogate-Key: .*")).startsWith("HTTP/1.1 400");
  }

  @Test
  @Order(7)
  void previews_operationsAndSockets_goByVarnish() {
    var link =
        SERVER
            .admin("pages.preview", Map.of("key", "offers", "show", Map.of("hero", "enterprise")))
            .text("path");
    var preview = cached(link);
    assertThat(text(preview)).contains("data-mq-variant=\"enterprise\"");
    assertThat(header(preview, "Age")).isIn("", "0");
    assertThat(header(cached("/health/live"), "Age")).isIn("", "0");
    assertThat(BridgeSocket.status(varnish().base(), varnish().base())).isEqualTo(101);
  }

  @Test
  @Order(7)
  void existingSite_isKeptOnlyWhereItSaysSo() {
    var asked = new ConcurrentHashMap<String, Integer>();
    try (var origin = OriginSite.start()) {
      for (var keep : List.of("public, max-age=60", "max-age=60", "")) {
        var path = "/old/" + keep.replaceAll("\\W", "");
        origin.on(
            path,
            exchange -> {
              asked.merge(keep, 1, Integer::sum);
              if (!keep.isEmpty()) {
                exchange.getResponseHeaders().set("Cache-Control", keep);
              }
              OriginSite.send(exchange, "text/plain", new byte[] {'x'});
            });
        var page = Map.of("key", "old", "site", "demo", "path", "/old/*", "origin", origin.base());
        SERVER.admin("pages.put", Map.copyOf(page));
        for (int i = 0; i < 3; i++) {
          assertThat(text(cached(path))).isEqualTo("x");
        }
      }
    }
    assertThat(asked).isEqualTo(Map.of("public, max-age=60", 1, "max-age=60", 3, "", 3));
  }

  @Test
  @Order(8)
  void origin_dies_pagesStayWithWhatEverybodyMaySee() {
    var visitor = prospect();
    assertThat(text(cachedFor(visitor, "/offers"))).contains("data-mq-variant=\"enterprise\"");
    assertThat(text(cached("/mq/components/hero/fallback?slot=offers.0"))).contains("brand");
    SERVER.kill9();
    for (int i = 0; i < 3; i++) {
      var html = text(cachedFor(visitor, "/offers"));
      assertThat(html)
          .contains("class=\"wide", "data-mq-variant=\"brand\"", "Since 1988")
          .endsWith("</body></html>")
          .doesNotContain("component=\"cta\"")
          .doesNotContain("enterprise");
      assertThat(decisions(html)).isEmpty();
    }
    assertThat(cachedFor(visitor, "/privacy").statusCode())
        .as("was never asked for")
        .isEqualTo(503);
  }

  @Test
  @Order(9)
  void publish_whatIsKept_changesByItselfInTime() {
    SERVER.restart(SETUP.setting("assembly", "fragmentSeconds", 1));
    varnish().close();
    varnish = Varnish.before(SERVER);
    assertThat(text(cached("/about"))).contains("Since 1988");
    FOOTER.say("Since 1989");
    Until.untilAsserted(
        "the page is fetched anew", () -> assertThat(text(cached("/about"))).contains("1989"));
  }
}
