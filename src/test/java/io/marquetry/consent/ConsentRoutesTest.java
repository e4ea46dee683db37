package io.marquetry.consent;

import static io.marquetry.follow.Contexts.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.follow.Contexts;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.platform.VisitorCookie;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.SiteKeys;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ConsentRoutesTest {
  private static final String ALL =
      "\"purposes\":{\"analytics\":true,\"personalization\":true,\"marketing\":true}";
  private static final String NONE =
      "\"purposes\":{\"analytics\":false,\"personalization\":false,\"marketing\":false}";

  private final Database database = TestPostgres.freshDatabase();
  private final VisitorCookie cookies = new VisitorCookie(new byte[32]);
  private final Ids ids = new Ids(new byte[32]);
  private final HttpClient client = HttpClient.newHttpClient();
  private Bus bus;
  private int port;

  @BeforeEach
  void start(Vertx vertx) throws Exception {
    Bus.install(vertx);
    bus = Bus.of(vertx);
    var catalogue = catalogue();
    await(bus.serve(Addresses.CATALOGUE, q -> Future.succeededFuture(catalogue)));
    var context = Contexts.of("consent", Map.of(), database.connectOptions(), List.of("consent"));
    await(vertx.deployVerticle(new ConsentVerticle(context)));
    var router = Router.router(vertx);
    await(new ConsentRoutes(vertx, context).mount(router));
    port =
        await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1")).actualPort();
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void put_newcomerConsents_getsAnIdAndACookieThatIsKnownNextTime() throws Exception {
    var first = put("{\"writeKey\":\"public\"," + ALL + "}");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(json(first))
        .containsEntry("version", 1L)
        .containsEntry("purposes", Purposes.ALL.toJson());
    assertThat(at(first, "propagation", "complete")).isEqualTo(true);
    var cookie = setCookie(first);
    assertThat(cookie)
        .startsWith("mq_id=")
        .endsWith("; Max-Age=34128000; Path=/; HttpOnly; SameSite=Lax");
    var device = cookies.verify("shop", value(cookie));
    assertThat(device).matches("[0-9a-f]{32}");
    assertThat(stored(device)).extracting(ConsentState::purposes).isEqualTo(Purposes.ALL);

    var known = get("", "Cookie", "mq_id=" + value(cookie));
    assertThat(json(known))
        .containsEntry("version", 1L)
        .containsEntry("source", "api")
        .containsEntry("explicit", true);
    var again = put("{" + ALL + ",\"source\":\"banner\"}", "Cookie", "mq_id=" + value(cookie));
    assertThat(json(again)).containsEntry("version", 2L);
    assertThat(again.headers().allValues("Set-Cookie")).as("it has one").isEmpty();
  }

  @Test
  void put_newcomerRefuses_leavesNoTrace() throws Exception {
    var answer = put("{\"writeKey\":\"public\"," + NONE + "}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer))
        .containsEntry("version", 0L)
        .containsEntry("purposes", Purposes.NONE.toJson());
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(json(put("{\"anonymousId\":\"a\"," + ALL + "}", "X-Write-Key", "public")))
        .as("nothing was recorded before")
        .containsEntry("version", 1L);
  }

  @Test
  void put_withdrawal_takesTheCookieAwayInTheSameAnswer() throws Exception {
    var value = cookies.sign("shop", "device-1");
    put("{" + ALL + "}", "Cookie", "mq_id=" + value);
    var answer = put("{" + NONE + "}", "Cookie", "mq_id=" + value);
    assertThat(setCookie(answer)).isEqualTo("mq_id=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    assertThat(stored("device-1").purposes()).isEqualTo(Purposes.NONE);
    var marketing = "{\"purposes\":{\"analytics\":false,\"personalization\":true}}";
    assertThat(put(marketing, "Cookie", "mq_id=" + value).headers().allValues("Set-Cookie"))
        .as("still personalized, so still known")
        .isEmpty();
  }

  @Test
  void put_behindTlsProxyOnThisMachine_setsASecureCookie() throws Exception {
    var answer = put("{\"writeKey\":\"public\"," + ALL + "}", "X-Forwarded-Proto", "https");
    assertThat(setCookie(answer)).endsWith("; Secure");
  }

  @Test
  void put_anonymousIdOfABrowser_isCookiedUnderThatId() throws Exception {
    var answer = put("{\"anonymousId\":\"sdk-1\"," + ALL + "}", "X-Write-Key", "public");
    assertThat(cookies.verify("shop", value(setCookie(answer)))).isEqualTo("sdk-1");
  }

  @Test
  void put_cookieAndAnotherAnonymousId_holdsForBoth() throws Exception {
    var value = cookies.sign("shop", "device-1");
    put(
        "{\"anonymousId\":\"sdk-1\",\"writeKey\":\"public\"," + ALL + "}",
        "Cookie",
        "mq_id=" + value);
    assertThat(stored("device-1").purposes()).isEqualTo(Purposes.ALL);
    assertThat(stored("sdk-1").purposes()).isEqualTo(Purposes.ALL);
  }

  @Test
  void everyWayToGiveAKey_isTaken() throws Exception {
    var basic = Base64.getEncoder().encodeToString("public:".getBytes(StandardCharsets.UTF_8));
    var body = "{\"anonymousId\":\"a\"," + ALL + "}";
    assertThat(put(body, "Authorization", "Basic " + basic).statusCode()).isEqualTo(200);
    assertThat(put(body, "X-Write-Key", "public").statusCode()).isEqualTo(200);
    assertThat(put("{\"writeKey\":\"public\"," + body.substring(1)).statusCode()).isEqualTo(200);
    assertThat(json(get("?writeKey=public&anonymousId=a"))).containsEntry("version", 3L);
    assertThat(json(get("?writeKey=public"))).containsEntry("version", 0L);
  }

  @Test
  void strangers_areTurnedAway() throws Exception {
    var body = "{\"anonymousId\":\"a\"," + ALL + "}";
    assertThat(put(body).statusCode()).isEqualTo(401);
    assertThat(put(body, "X-Write-Key", "unknown").statusCode()).isEqualTo(401);
    assertThat(put(body, "Authorization", "Basic ???").statusCode()).isEqualTo(401);
    assertThat(get("").statusCode()).isEqualTo(401);
    var forged = cookies.sign("other", "device-1").replace("ZGV2", "ZGV3");
    assertThat(get("", "Cookie", "mq_id=" + forged).statusCode()).isEqualTo(401);
    var ofAnother = new VisitorCookie("a secret of another kind".getBytes(StandardCharsets.UTF_8));
    assertThat(get("", "Cookie", "mq_id=" + ofAnother.sign("shop", "d")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void userId_onlyWithTheServerKeyAsBearer() throws Exception {
    var body = "{\"userId\":\"anna\"," + ALL + "}";
    assertThat(put(body, "X-Write-Key", "public").statusCode()).isEqualTo(403);
    assertThat(put(body, "X-Write-Key", "secret").statusCode()).isEqualTo(403);
    assertThat(put(body, "Authorization", "Bearer public").statusCode()).isEqualTo(403);
    assertThat(put(body, "Authorization", "Bearer wrong").statusCode()).isEqualTo(401);
    var answer = put(body, "Authorization", "Bearer secret");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("Set-Cookie")).as("a server keeps no cookie").isEmpty();
    var read = get("?userId=anna", "Authorization", "Bearer secret");
    assertThat(json(read)).containsEntry("version", 1L);
    assertThat(put("{" + ALL + "}", "Authorization", "Bearer secret").statusCode()).isEqualTo(400);
  }

  @Test
  void crossSite_withTheCookie_onlyFromListedOrigins() throws Exception {
    var cookie = "mq_id=" + cookies.sign("shop", "device-1");
    var body = "{" + ALL + "}";
    var refused = put(body, "Cookie", cookie, "Origin", "https://evil.example");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(put(body, "Cookie", cookie, "Origin", "null").statusCode()).isEqualTo(403);
    assertThat(
            put(body, "Cookie", cookie, "Origin", "http://127.0.0.1:" + port + ".evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(get("", "Cookie", cookie, "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(put(body, "Cookie", cookie, "Origin", "http://127.0.0.1:" + port).statusCode())
        .isEqualTo(200);
    var listed = put(body, "Cookie", cookie, "Origin", "https://www.shop.example");
    assertThat(listed.statusCode()).isEqualTo(200);
    assertThat(listed.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://www.shop.example");
    assertThat(stored("device-1").version()).isEqualTo(2);
  }

  @Test
  void preflight_listedOrigin_isAllowedOthersNot() throws Exception {
    var allowed = send("OPTIONS", "", null, "Origin", "https://www.shop.example");
    assertThat(allowed.statusCode()).isEqualTo(204);
    assertThat(allowed.headers().firstValue("Access-Control-Allow-Methods")).contains("GET, PUT");
    assertThat(send("OPTIONS", "", null, "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
  }

  @Test
  void optOutSignal_isRecordedAsTheCauseUnlessChosenOtherwise() throws Exception {
    var key = "?writeKey=generous";
    var newcomer = get(key, "Sec-GPC", "1");
    assertThat(json(newcomer)).containsEntry("version", 0L).containsEntry("source", "gpc");
    assertThat(at(newcomer, "purposes", "marketing")).isEqualTo(false);
    assertThat(at(newcomer, "purposes", "analytics")).isEqualTo(true);

    var first = get(key + "&anonymousId=a", "Sec-GPC", "1");
    assertThat(json(first))
        .containsEntry("version", 1L)
        .containsEntry("source", "gpc")
        .containsEntry("explicit", false)
        .containsEntry("gpc", true);
    assertThat(json(get(key + "&anonymousId=a", "Sec-GPC", "1"))).containsEntry("version", 1L);

    var body = "{\"anonymousId\":\"a\",\"writeKey\":\"generous\"," + ALL + "}";
    put(body, "Sec-GPC", "1");
    var chosen = get(key + "&anonymousId=a", "Sec-GPC", "1");
    assertThat(json(chosen)).containsEntry("version", 2L).containsEntry("explicit", true);
    assertThat(at(chosen, "purposes", "marketing")).isEqualTo(true);
  }

  @Test
  void put_bodyThatIsNoChoice_saysWhatIsWrong() throws Exception {
    assertError(400, null, "", "X-Write-Key", "public");
    assertError(400, null, "{", "X-Write-Key", "public");
    assertError(400, null, "[]", "X-Write-Key", "public");
    assertError(422, "purposes", "{}", "X-Write-Key", "public");
    assertError(422, "purposes", "{\"purposes\":{}}", "X-Write-Key", "public");
    assertError(422, "purposes.ads", "{\"purposes\":{\"ads\":true}}", "X-Write-Key", "public");
    assertError(
        422, "purposes.analytics", "{\"purposes\":{\"analytics\":null}}", "X-Write-Key", "public");
    assertError(422, "source", "{\"source\":\"merge\"," + ALL + "}", "X-Write-Key", "public");
    assertError(422, "tcString", "{\"tcString\":\"CP\"}", "X-Write-Key", "public");
    assertError(422, "gppString", "{\"gppString\":\"DB\"}", "X-Write-Key", "public");
    var longId = "{\"anonymousId\":\"" + "x".repeat(600) + "\"," + ALL + "}";
    assertError(422, "anonymousId", longId, "X-Write-Key", "public");
    assertThat(put("x".repeat(20_000), "X-Write-Key", "public").statusCode()).isEqualTo(413);
  }

  @Test
  void put_jsonAsPlainText_isRead() throws Exception {
    var body = "{\"anonymousId\":\"a\",\"writeKey\":\"public\"," + ALL + "}";
    assertThat(put(body, "Content-Type", "text/plain;charset=UTF-8").statusCode()).isEqualTo(200);
  }

  @Test
  void gpcStatement_isServed() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(base() + "/.well-known/gpc.json")).build();
    var answer = client.send(request, BodyHandlers.ofByteArray());
    assertThat(Json.readObject(answer.body())).containsEntry("gpc", true).containsKey("lastUpdate");
  }

  private void assertError(int status, @Nullable String field, String body, String... headers)
      throws Exception {
    var answer = put(body, headers);
    assertThat(answer.statusCode()).as(body).isEqualTo(status);
    if (field != null) {
      assertThat(at(answer, "error", "field")).isEqualTo(field);
    }
    assertThat(at(answer, "error", "message")).isNotNull();
  }

  private ConsentState stored(@Nullable String device) throws Exception {
    assertThat(device).isNotNull();
    return await(
        bus.ask(Addresses.GET_CONSENT, new GetConsent("shop", ids.device("shop", device), null)));
  }

  private HttpResponse<byte[]> put(String body, String... headers) throws Exception {
    return send("PUT", "", body, headers);
  }

  private HttpResponse<byte[]> get(String query, String... headers) throws Exception {
    return send("GET", query, null, headers);
  }

  private HttpResponse<byte[]> send(
      String method, String query, @Nullable String body, String... headers) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(base() + "/v1/consent" + query))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private String base() {
    return "http://127.0.0.1:" + port;
  }

  private static Map<String, Object> json(HttpResponse<byte[]> answer) throws Exception {
    return Json.readObject(answer.body());
  }

  private static @Nullable Object at(HttpResponse<byte[]> answer, String object, String field)
      throws Exception {
    return json(answer).get(object) instanceof Map<?, ?> map ? map.get(field) : null;
  }

  private static String setCookie(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow();
  }

  private static String value(String setCookie) {
    return setCookie.substring("mq_id=".length(), setCookie.indexOf(';'));
  }

  private static Catalogue catalogue() throws Exception {
    return new Catalogue(
        "v",
        1,
        List.of(
            new Definition(
                Kind.SITE, "shop", 1, Map.of("origins", List.of("https://www.shop.example"))),
            new Definition(Kind.SITE, "generous", 1, Map.of("consentDefault", "granted"))),
        List.of(
            SiteKeys.write("public", "shop"),
            SiteKeys.server("secret", "shop"),
            SiteKeys.write("generous", "generous")));
  }

  /** The signal speaks of marketing everywhere. */
  @Test
  void optOutSignal_neverTouchesAnalytics() throws Exception {
    var answer = get("?writeKey=generous&anonymousId=b", "Sec-GPC", "1");
    assertThat(at(answer, "purposes", Purpose.ANALYTICS.key())).isEqualTo(true);
    assertThat(at(answer, "purposes", Purpose.PERSONALIZATION.key())).isEqualTo(true);
  }
}
