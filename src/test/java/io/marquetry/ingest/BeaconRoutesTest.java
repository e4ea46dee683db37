package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.http.HttpVerticle;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The face of ingest over real HTTP; whoever stores is faked on the bus. */
class BeaconRoutesTest {
  private static final String PAGE =
      "{\"anonymousId\":\"a\",\"messageId\":\"m\",\"type\":\"page\"}";
  private static final BlockingQueue<Accept> TAKEN = new LinkedBlockingQueue<>();
  private static volatile Function<Accept, Future<Accepted>> store = BeaconRoutesTest::store;
  private static final IngestRig RIG = new IngestRig();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Ids IDS = new Ids(IngestRig.SECRET);
  private static String base = "";

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (var probe = new ServerSocket(0)) {
      port = probe.getLocalPort();
    }
    base = "http://127.0.0.1:" + port;
    RIG.serveCatalogue();
    await(RIG.bus.serve(Addresses.ACCEPT, accept -> store.apply(accept)));
    var context =
        IngestRig.context("http", Map.of(), Map.of("http", 1), new PgConnectOptions(), port);
    await(
        RIG.vertx.deployVerticle(
            new HttpVerticle(
                context, (vertx, component) -> List.of(new BeaconRoutes(vertx, component)))));
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    RIG.close();
  }

  @BeforeEach
  void reset() {
    TAKEN.clear();
    store = BeaconRoutesTest::store;
  }

  private static Future<Accepted> store(Accept accept) {
    TAKEN.add(accept);
    return Future.succeededFuture(
        new Accepted(accept.events().stream().map(event -> Verdict.STORED).toList()));
  }

  private static void answerAll(Verdict verdict) {
    store =
        accept ->
            Future.succeededFuture(
                new Accepted(accept.events().stream().map(event -> verdict).toList()));
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(base + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> post(String path, String body, String... headers) {
    var request = to(path).POST(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static HttpResponse<String> postWithKey(String path, String body, String... headers) {
    var request = to(path).POST(BodyPublishers.ofString(body)).header("X-Write-Key", "shop-key");
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static Map<String, Object> json(HttpResponse<String> response) {
    return Json.readOwn(response.body());
  }

  private static Accept taken() {
    var accept = TAKEN.poll();
    assertThat(accept).as("what was handed on").isNotNull();
    return requireNonNull(accept);
  }

  private static Event event() {
    var events = taken().events();
    assertThat(events).hasSize(1);
    return events.getFirst().event();
  }

  private static String basic(String key) {
    return "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(UTF_8));
  }

  private static byte[] gzip(String text) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }

  // ---- paths and types

  @ParameterizedTest
  @CsvSource({
    "track, track", "t, track", "page, page", "p, page", "screen, screen", "s, screen",
    "identify, identify", "i, identify", "group, group", "g, group", "alias, alias", "a, alias",
  })
  void single_everyPath_isAnEventOfItsType(String path, String type) {
    var body =
        "{\"writeKey\":\"shop-key\",\"anonymousId\":\"a\",\"userId\":\"u\",\"event\":\"e\",\"groupId\":\"g\",\"previousId\":\"p\"}";
    var response = post("/v1/" + path, body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response)).isEqualTo(Map.of("success", true));
    var event = event();
    assertThat(event.type()).isEqualTo(EventType.of(type));
    assertThat(event.site()).isEqualTo("shop");
    assertThat(event.messageId()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"})
  void batch_everyPath_takesItsEvents(String path) {
    var response = post(path, "{\"batch\":[" + PAGE + "," + PAGE + "],\"writeKey\":\"shop-key\"}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(taken().events()).hasSize(2);
  }

  @Test
  void single_twoCallsWithoutIds_haveDifferentOnes() {
    postWithKey("/v1/page", "{\"anonymousId\":\"a\"}");
    postWithKey("/v1/page", "{\"anonymousId\":\"a\",\"messageId\":\"\"}");
    var first = event();
    var second = event();
    assertThat(first.messageId()).isNotBlank().isNotEqualTo(second.messageId());
    assertThat(second.messageId()).isNotBlank();
  }

  @Test
  void single_payload_parsesAgainToTheEvent() {
    postWithKey("/v1/page", " {\"anonymousId\":\"\u00fc\"}\n", "User-Agent", "Firefox/1");
    var incoming = taken().events().getFirst();
    var entry = Json.readOwn(incoming.payload());
    var parser = new io.marquetry.ingest.core.EventParser(new Ids(IngestRig.SECRET));
    var again =
        io.marquetry.ingest.core.LogEntry.parse(
            parser, "shop", incoming.event().receivedAt(), entry);
    assertThat(again)
        .isEqualTo(new io.marquetry.ingest.core.EventParser.Outcome.Parsed(incoming.event()));
  }

  // ---- keys

  @Test
  void key_inEveryPlace_opens() {
    assertThat(post("/v1/page", PAGE, "Authorization", basic("shop-key")).statusCode())
        .isEqualTo(200);
    assertThat(post("/v1/page", PAGE, "Authorization", "Bearer shop-server").statusCode())
        .isEqualTo(200);
    assertThat(post("/v1/page", PAGE, "X-Write-Key", "shop-key").statusCode()).isEqualTo(200);
    assertThat(post("/v1/page", PAGE, "X-Write-Key", "shop-key:secret").statusCode())
        .isEqualTo(200);
    assertThat(
            post("/beacon/v1/batch?writeKey=shop-key", "{\"batch\":[" + PAGE + "]}").statusCode())
        .isEqualTo(200);
    assertThat(post("/v1/page", PAGE.replace("{", "{\"writeKey\":\"shop-key\",")).statusCode())
        .isEqualTo(200);
    assertThat(TAKEN).hasSize(6);
  }

  /** analytics.js sends its key in both places, some clients an empty user name. */
  @Test
  void key_emptyInTheHead_isReadFromTheBody() {
    var body = PAGE.replace("{", "{\"writeKey\":\"shop-key\",");
    assertThat(post("/v1/page", body, "Authorization", basic("")).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "shop-keys"})
  void key_unknown_isRefused(String key) {
    for (var response :
        List.of(
            post("/v1/page", PAGE, "Authorization", basic(key)),
            post("/v1/page", PAGE, "X-Write-Key", key.isEmpty() ? " " : key),
            post("/v1/page?writeKey=" + key, PAGE),
            post("/v1/page", PAGE.replace("{", "{\"writeKey\":\"" + key + "\",")),
            post("/v1/page", "no JSON at all", "X-Write-Key", "nonsense"),
            post("/v1/page", PAGE))) {
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.body()).contains("unknown_key");
    }
    assertThat(TAKEN).isEmpty();
  }

  @Test
  void key_ofAServer_speaksForUsersAndHasNoBrowser() {
    var body = "{\"userId\":\"u\",\"event\":\"e\"}";
    var cookie = new VisitorCookie(IngestRig.SECRET).sign("shut", "c");
    post(
        "/v1/track",
        body,
        "X-Write-Key",
        "shut-server",
        "User-Agent",
        "SomeBot/1",
        "Cookie",
        "mq_id=" + cookie);
    var event = event();
    assertThat(event.subject().user()).isEqualTo(IDS.user("shut", "u"));
    assertThat(event.subject().device()).isNull();
    assertThat(event.flags()).isEmpty();
    assertThat(post("/v1/track", body, "X-Write-Key", "shut-key").statusCode()).isEqualTo(400);
  }

  @Test
  void identify_untrusted_isTakenAndSaysSo() {
    var body = "{\"anonymousId\":\"a\",\"userId\":\"u\"}";
    var response = post("/v1/identify", body, "X-Write-Key", "shut-key");
    assertThat(json(response)).containsEntry("unverified", 1L);
    assertThat(event().subject().user()).isNull();
    var trusted = post("/v1/identify", body, "X-Write-Key", "shop-key");
    assertThat(json(trusted)).doesNotContainKey("unverified");
    assertThat(event().subject().user()).isNotNull();
  }

  // ---- bodies

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
      })
  void body_anyContentType_isReadByWhatItIs(String type) {
    var big = PAGE.replace("{", "{\"traits\":{\"long\":\"" + "x&=%".repeat(5_000) + "\"},");
    assertThat(postWithKey("/v1/page", big, "Content-Type", type).statusCode()).isEqualTo(200);
    assertThat(event().subject().anonymousId()).isEqualTo("a");
  }

  @Test
  void body_gzip_isUnpackedWhateverTheHeaderSays() throws Exception {
    for (var header : new String[] {"gzip", "identity"}) {
      var response =
          send(
              to("/v1/batch")
                  .header("X-Write-Key", "shop-key")
                  .header("Content-Encoding", header)
                  .POST(BodyPublishers.ofByteArray(gzip("{\"batch\":[" + PAGE + "]}"))));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(event().messageId()).isEqualTo("m");
    }
  }

  @Test
  void body_gzipBomb_isTooLarge() throws Exception {
    var response =
        send(
            to("/v1/batch")
                .header("X-Write-Key", "shop-key")
                .POST(BodyPublishers.ofByteArray(gzip(" ".repeat(30 << 20)))));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(TAKEN).isEmpty();
  }

  @Test
  void body_beyondTheLimit_isTooLarge() {
    var response = postWithKey("/v1/batch", " ".repeat(512 * 1024));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("too_large");
    var justFits = "{\"batch\":[" + PAGE + "]" + " ".repeat(500 * 1024 - PAGE.length() - 12) + "}";
    assertThat(postWithKey("/v1/batch", justFits).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "hello", "[]", "null", "{\"a\":", "{\"a\":1,\"a\":2}", "\u0000"})
  void body_noJsonObject_isMalformed(String body) {
    for (var path : List.of("/v1/page", "/v1/batch")) {
      var response = postWithKey(path, body);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains("malformed");
    }
    assertThat(TAKEN).isEmpty();
  }

  @Test
  void body_none_isMalformed() {
    var response =
        send(to("/v1/page").header("X-Write-Key", "shop-key").POST(BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(400);
  }

  @Test
  void batch_moreEventsThanAllowed_isRefusedWhole() {
    var body = "{\"batch\":[" + "{},".repeat(CallReader.MAX_CALLS) + "{}]}";
    var response = postWithKey("/v1/batch", body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("too_many");
  }

  // ---- verdicts

  @Test
  @SuppressWarnings("unchecked")
  void batch_oneBadEvent_keepsTheGood() {
    var body =
        "{\"batch\":[%s,{\"type\":\"track\",\"anonymousId\":\"a\",\"messageId\":\"bad\"},7,%s]}"
            .formatted(PAGE, PAGE.replace("\"m\"", "\"m2\""));
    var response = postWithKey("/v1/batch", body);
    assertThat(response.statusCode()).isEqualTo(200);
    var answer = json(response);
    assertThat(answer).containsEntry("success", true);
    assertThat((List<Object>) answer.get("rejected"))
        .extracting(
            verdict -> ((Map<String, Object>) verdict).get("index"),
            verdict -> ((Map<String, Object>) verdict).get("code"),
            verdict -> ((Map<String, Object>) verdict).get("messageId"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, "missing_event", "bad"),
            org.assertj.core.groups.Tuple.tuple(2L, "malformed", ""));
    var accept = taken();
    assertThat(accept.events()).extracting(e -> e.event().messageId()).containsExactly("m", "m2");
    assertThat(accept.rejected()).hasSize(2);
    var letter = accept.rejected().getFirst();
    assertThat(letter.reason()).isEqualTo("missing_event");
    assertThat(letter.about()).containsExactly(IDS.device("shop", "a"));
    assertThat(letter.payload()).contains("\"bad\"");
    assertThat(accept.rejected().get(1).about()).isEmpty();
  }

  @Test
  @SuppressWarnings("unchecked")
  void single_poison_is400WithTheReasonAndKept() {
    var response = postWithKey("/v1/track", "{\"anonymousId\":\"a\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat((Map<String, Object>) json(response).get("error"))
        .containsEntry("code", "missing_event");
    assertThat(taken().rejected()).hasSize(1);
  }

  @Test
  void single_noIdentity_is400() {
    var response = postWithKey("/v1/page", "{\"name\":\"Home\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("no_identity");
  }

  @Test
  void event_beyondItsLimit_isRefusedAlone() {
    var huge = PAGE.replace("{", "{\"traits\":{\"x\":\"" + "x".repeat(33_000) + "\"},");
    var single = postWithKey("/v1/page", huge);
    assertThat(single.statusCode()).isEqualTo(413);
    assertThat(single.body()).contains("too_large");
    TAKEN.clear();
    var batch = postWithKey("/v1/batch", "{\"batch\":[" + huge + "," + PAGE + "]}");
    assertThat(batch.statusCode()).isEqualTo(200);
    assertThat(batch.body()).contains("too_large");
    var accept = taken();
    assertThat(accept.events()).hasSize(1);
    assertThat(accept.rejected().getFirst().payload().length()).isLessThanOrEqualTo(32 * 1024);
  }

  @Test
  void answer_aggregatedAndDuplicates_areCounted() {
    store =
        accept ->
            Future.succeededFuture(
                new Accepted(
                    List.of(
                        Verdict.STORED,
                        Verdict.AGGREGATED,
                        Verdict.DUPLICATE,
                        Verdict.AGGREGATED)));
    var body = "{\"batch\":[%s,%s,%s,%s]}".formatted(PAGE, PAGE, PAGE, PAGE);
    assertThat(json(postWithKey("/v1/batch", body)))
        .isEqualTo(Map.of("success", true, "aggregateOnly", 2L, "duplicates", 1L));
  }

  @Test
  void batch_empty_isTakenAsItIs() {
    assertThat(json(postWithKey("/v1/batch", "{\"batch\":[]}"))).isEqualTo(Map.of("success", true));
  }

  // ---- overload and outage

  @Test
  void store_overloaded_is429WithRetryAfter() {
    store = accept -> Future.failedFuture(new Refused(Refused.Reason.OVERLOADED, "later"));
    var response = postWithKey("/v1/page", PAGE);
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(1);
  }

  @Test
  void store_unavailableOrBroken_is503WithRetryAfter() {
    for (var failure :
        List.of(
            new Refused(Refused.Reason.UNAVAILABLE, "the log"),
            new IllegalStateException("a bug"))) {
      store = accept -> Future.failedFuture(failure);
      for (var response :
          List.of(
              postWithKey("/v1/page", PAGE),
              send(to("/pixel/v1/page?writeKey=shop-key&anonymousId=a")))) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(1);
        assertThat(response.body()).doesNotContain("success\":true");
      }
    }
  }

  // ---- the visitor's cookie

  private static @Nullable String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElse(null);
  }

  @Test
  void cookie_storedDevice_isGivenToTheBrowser() {
    var cookie = cookie(postWithKey("/v1/page", PAGE));
    assertThat(cookie).startsWith("mq_id=").contains("HttpOnly", "SameSite=Lax", "Path=/");
    var value = requireNonNull(cookie).substring(6, cookie.indexOf(';'));
    assertThat(new VisitorCookie(IngestRig.SECRET).verify("shop", value)).isEqualTo("a");
  }

  @Test
  void cookie_sentBack_namesTheVisitorAndIsNotSetAgain() {
    var value = new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
    var response = postWithKey("/v1/page", "{}", "Cookie", "mq_id=" + value);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(cookie(response)).isNull();
    assertThat(event().subject().anonymousId()).isEqualTo("c");
    postWithKey("/v1/page", PAGE, "Cookie", "mq_id=" + value);
    var both = event().subject();
    assertThat(both.device()).isEqualTo(IDS.device("shop", "a"));
    assertThat(both.otherDevice()).isEqualTo(IDS.device("shop", "c"));
  }

  @Test
  void cookie_besideAnotherId_followsTheId() {
    var before = new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
    var cookie = cookie(postWithKey("/v1/page", PAGE, "Cookie", "mq_id=" + before));
    var value = requireNonNull(cookie).substring(6, cookie.indexOf(';'));
    assertThat(new VisitorCookie(IngestRig.SECRET).verify("shop", value)).isEqualTo("a");
    assertThat(cookie(postWithKey("/v1/page", PAGE, "Cookie", "mq_id=" + value))).isNull();
  }

  @Test
  void cookie_fromAPageOfAnotherSite_isNotSet() {
    assertThat(cookie(postWithKey("/v1/page", PAGE, "Sec-Fetch-Site", "cross-site"))).isNull();
    var own = new String[] {"Sec-Fetch-Site", "cross-site", "Origin", "https://shop.example"};
    assertThat(cookie(postWithKey("/v1/page", PAGE, own))).isNotNull();
    assertThat(cookie(postWithKey("/v1/page", PAGE, "Sec-Fetch-Site", "same-site"))).isNotNull();
  }

  @Test
  void cookie_madeUpOrOfAnotherSite_isNobodys() {
    var foreign = new VisitorCookie(IngestRig.SECRET).sign("shut", "c");
    for (var value : List.of(foreign, "c", "c.00000000.AAAA")) {
      var response = postWithKey("/v1/page", "{}", "Cookie", "mq_id=" + value);
      assertThat(response.statusCode()).isEqualTo(400);
    }
  }

  @Test
  void cookie_nothingStored_isNotSet() {
    answerAll(Verdict.AGGREGATED);
    assertThat(cookie(postWithKey("/v1/page", PAGE))).isNull();
    answerAll(Verdict.STORED);
    assertThat(cookie(post("/v1/page", PAGE, "X-Write-Key", "shop-server"))).isNull();
    assertThat(cookie(postWithKey("/v1/track", "{\"anonymousId\":\"a\"}"))).isNull();
  }

  @Test
  void cookie_onHttps_isSecure() {
    var cookie = cookie(postWithKey("/v1/page", PAGE, "X-Forwarded-Proto", "https"));
    assertThat(cookie).contains("; Secure");
  }

  @Test
  void cookie_longDevice_isLeftOutWithoutHarm() {
    var body = PAGE.replace("\"a\"", "\"" + "\u20ac".repeat(500) + "\"");
    var response = postWithKey("/v1/page", body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(cookie(response)).isNull();
  }

  // ---- what the request adds

  @Test
  void request_userAgentPlaceAndOptOut_areTakenDown() {
    postWithKey(
        "/v1/page",
        PAGE,
        "User-Agent",
        "Firefox",
        "X-Geo-Country",
        "de",
        "X-Geo-Region",
        "BE",
        "Sec-GPC",
        "1");
    var incoming = taken().events().getFirst();
    assertThat(incoming.gpc()).isTrue();
    assertThat(incoming.event().object("context"))
        .containsEntry("userAgent", "Firefox")
        .containsEntry("geo", Map.of("country", "DE", "region", "BE"));
  }

  @Test
  void request_prefetchOrBot_isMarked() {
    postWithKey("/v1/page", PAGE, "Sec-Purpose", "prefetch;prerender");
    assertThat(event().flags()).containsExactly("bot");
    postWithKey("/v1/page", PAGE, "User-Agent", "Googlebot/2.1");
    assertThat(event().flags()).containsExactly("bot");
  }

  // ---- other origins

  @Test
  void cors_anyOrigin_mayReadTheAnswerAndOnlyOurOwnWithCredentials() {
    var own = postWithKey("/v1/page", PAGE, "Origin", "https://shop.example");
    assertThat(own.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://shop.example");
    assertThat(own.headers().firstValue("Access-Control-Allow-Credentials")).hasValue("true");
    for (var origin :
        List.of("https://evil.example", "null", "https://shop.example.evil.example")) {
      for (var response :
          List.of(
              postWithKey("/v1/page", PAGE, "Origin", origin),
              postWithKey("/v1/page", "poison", "Origin", origin),
              postWithKey("/v1/page", " ".repeat(600_000), "Origin", origin),
              send(to("/v1/projects/shop-key/settings").header("Origin", origin)))) {
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(response.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/t", "/v1/batch", "/beacon/v1/batch"})
  void cors_preflight_isAnswered(String path) {
    var response =
        send(
            to(path)
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "https://shop.example"));
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Authorization", "Content-Type", "X-Write-Key");
    assertThat(response.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("POST");
  }

  // ---- settings and pixel

  @Test
  @SuppressWarnings("unchecked")
  void settings_knownKey_sendAnalyticsJsHere() {
    var response = send(to("/v1/projects/shop-key/settings"));
    assertThat(response.statusCode()).isEqualTo(200);
    var integrations = (Map<String, Object>) json(response).get("integrations");
    assertThat((Map<String, Object>) requireNonNull(integrations).get("Segment.io"))
        .containsEntry("apiKey", "shop-key")
        .containsEntry("apiHost", base.substring("http://".length()) + "/v1")
        .containsEntry("protocol", "http");
    var secure = send(to("/v1/projects/shop-key/settings").header("X-Forwarded-Proto", "https"));
    assertThat(secure.body()).contains("\"protocol\":\"https\"");
    assertThat(send(to("/v1/projects/nonsense/settings")).statusCode()).isEqualTo(404);
  }

  @Test
  void pixel_knownKey_countsAndIsAnImage() throws Exception {
    var request =
        to("/pixel/v1/track?writeKey=shop-key&anonymousId=a&event=Email%20Opened&messageId=m");
    var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("image/gif");
    assertThat(response.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    assertThat(new String(response.body(), UTF_8)).startsWith("GIF89a");
    assertThat(event().name()).isEqualTo("Email Opened");
    assertThat(send(to("/pixel/v1/page?writeKey=shop-key&anonymousId=a")).statusCode())
        .isEqualTo(200);
    assertThat(event().type()).isEqualTo(EventType.PAGE);
  }

  @Test
  void pixel_badKeyOrPoison_isRefused() {
    assertThat(send(to("/pixel/v1/page?anonymousId=a")).statusCode()).isEqualTo(401);
    assertThat(send(to("/pixel/v1/track?writeKey=shop-key&anonymousId=a")).statusCode())
        .isEqualTo(400);
  }

  /** Clients count a redirect as delivered. */
  @Test
  void anyBeacon_isNeverRedirected() {
    var answers = new LinkedHashMap<String, Integer>();
    for (var path :
        List.of(
            "/v1/track/", "/v1//track", "/v1/batch/", "/V1/track", "/v1/unknown", "/v1/t?x=1")) {
      for (var body : List.of("", "{}", "x")) {
        answers.put(path + " " + body, postWithKey(path, body).statusCode());
      }
    }
    assertThat(answers.values()).allSatisfy(status -> assertThat(status / 100).isEqualTo(4));
  }
}
