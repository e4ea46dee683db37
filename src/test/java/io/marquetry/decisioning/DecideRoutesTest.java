package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.decisioning.core.Given;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.VisitorCookie;
import io.marquetry.testkit.Token;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecideRoutesTest {
  private static final Id128 PROFILE = new Id128(1, 2);
  private static final Ids IDS = new Ids(new byte[32]);

  private DecisioningFace face;
  private @Nullable Resolve resolved;
  private @Nullable Decide asked;

  @SuppressWarnings("NullAway.Init")
  DecideRoutesTest() {}

  private record Answer(int status, JsonObject body) {}

  @BeforeEach
  void open() throws Exception {
    var definitions =
        DecisioningFace.sites()
            .put(
                Kind.COMPONENT,
                "hero",
                Map.of(
                    "fallback",
                    List.of("brand"),
                    "fields",
                    List.of(
                        Map.of("key", "title", "type", "text"),
                        Map.of("key", "body", "type", "richtext"))))
            .variant(
                "hero",
                "brand",
                "style",
                Map.of("class", "dark"),
                "content",
                Given.json(
                    "title",
                    Map.of("$from", "traits.name", "default", "friend"),
                    "body",
                    "<b>hi</b><script>x()</script>"));
    var identity = new WriteKey("k1", "shop", "identity");
    face = new DecisioningFace(Map.of(), DecisioningFace.catalogue(1, definitions, identity));
  }

  @AfterEach
  void close() throws Exception {
    face.close();
  }

  private void serveIdentity() throws Exception {
    await(
        face.rig.bus.serve(
            Addresses.RESOLVE,
            ask -> {
              resolved = ask;
              return Future.succeededFuture(new VisitorRef(PROFILE, Purposes.ALL, 3));
            }));
  }

  private void serveDecisions() throws Exception {
    var choice =
        new Choice(
            "hero", "brand", "rule", List.of(new Reason("rule", "r", "because")), 1, 0.25, -1);
    var none = new Choice("other", null, "none", List.of(), 1, 1, -1);
    await(
        face.rig.bus.serve(
            Addresses.DECIDE.to(0),
            ask -> {
              asked = ask;
              return Future.succeededFuture(
                  new Decided(
                      new Id128(7, 8),
                      ask.visitor().profile() == null ? Mode.CONTEXTUAL : Mode.PERSONALIZED,
                      List.of(choice, none),
                      Map.of("traits.name", "Ada"),
                      "v1",
                      1500));
            }));
  }

  private Answer post(Map<String, String> headers, Object body) throws Exception {
    var payload =
        body instanceof String text
            ? Buffer.buffer(text)
            : new JsonObject(new LinkedHashMap<>(asMap(body))).toBuffer();
    var request =
        face.to("/v1/decide").POST(HttpRequest.BodyPublishers.ofByteArray(payload.getBytes()));
    headers.forEach(request::header);
    var response = face.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), json(Buffer.buffer(response.body())));
  }

  private static JsonObject json(Buffer bytes) {
    return bytes.length() > 0 && bytes.getByte(0) == '{' ? bytes.toJsonObject() : new JsonObject();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(Object body) {
    return (Map<String, Object>) body;
  }

  private static Map<String, String> bearer(String key) {
    return Map.of("Authorization", "Bearer " + key);
  }

  @Test
  void decide_serverKey_answersInTheFixedShape() throws Exception {
    serveIdentity();
    serveDecisions();
    var answer =
        post(
            bearer("secret"),
            Given.json(
                "anonymousId",
                "device-1",
                "userId",
                "u1",
                "context",
                Map.of(
                    "url",
                    "https://shop.example/a?utm_source=news",
                    "geo",
                    Map.of("country", "DE")),
                "components",
                List.of("hero", "other")));
    assertThat(answer.status()).isEqualTo(200);
    var body = answer.body();
    assertThat(body.getString("decisionId")).isEqualTo(new Id128(7, 8).toString());
    assertThat(body.getString("mode")).isEqualTo("personalized");
    assertThat(body.getDouble("millis")).isEqualTo(1.5);
    assertThat(body.getString("definitions")).isEqualTo("v1");
    var hero = body.getJsonArray("decisions").getJsonObject(0);
    assertThat(hero.getString("component")).isEqualTo("hero");
    assertThat(hero.getString("variant")).isEqualTo("brand");
    assertThat(hero.getString("strategy")).isEqualTo("rule");
    assertThat(hero.getDouble("propensity")).isEqualTo(0.25);
    assertThat(hero.getInteger("fallbackStep")).isEqualTo(-1);
    assertThat(hero.getJsonObject("content").getString("title")).isEqualTo("Ada");
    assertThat(hero.getJsonObject("content").getString("body")).isEqualTo("<b>hi</b>");
    assertThat(hero.getJsonObject("style").getString("class")).isEqualTo("dark");
    assertThat(hero.getJsonArray("reasons").getJsonObject(0).getString("text"))
        .isEqualTo("because");
    var other = body.getJsonArray("decisions").getJsonObject(1);
    assertThat(other.getValue("variant")).isNull();
    assertThat(other.getJsonObject("content")).isEmpty();

    assertThat(resolved)
        .isEqualTo(
            new Resolve("shop", IDS.device("shop", "device-1"), IDS.user("shop", "u1"), false));
    assertThat(asked).isNotNull();
    assertThat(asked.context().get("campaign")).isEqualTo(Map.of("source", "news"));
    assertThat(asked.context().get("geo")).isEqualTo(Map.of("country", "DE"));
    assertThat(asked.visitor().profile()).isEqualTo(PROFILE);
    assertThat(asked.dryRun()).isFalse();
  }

  @Test
  void decide_keyAnywhereItMayBe_isFound() throws Exception {
    serveDecisions();
    var body = Map.<String, Object>of("components", List.of("hero"), "dryRun", true);
    assertThat(post(bearer("public"), body).status()).isEqualTo(200);
    assertThat(post(Map.of("X-Write-Key", "public"), body).status()).isEqualTo(200);
    assertThat(post(Map.of("Authorization", "Basic cHVibGljOg=="), body).status()).isEqualTo(200);
    assertThat(post(Map.of(), Map.of("components", List.of("hero"), "writeKey", "public")).status())
        .isEqualTo(200);
  }

  @Test
  void decide_badKey_isRefused() throws Exception {
    var body = Map.<String, Object>of("components", List.of("hero"));
    assertThat(post(Map.of(), body).status()).isEqualTo(401);
    var answer = post(bearer("wrong"), body);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body().getJsonObject("error").getString("code")).isEqualTo("unknown_key");
  }

  @Test
  void decide_publicKeyNamingAUser_isForbiddenUnlessTheSiteTrusts() throws Exception {
    serveIdentity();
    serveDecisions();
    var body = Map.<String, Object>of("components", List.of("hero"), "userId", "u1");
    var answer = post(bearer("public"), body);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body().getJsonObject("error").getString("field")).isEqualTo("userId");
    assertThat(post(bearer("open"), body).status()).isEqualTo(200);
  }

  @Test
  void decide_publicKeyWithAToken_namesTheUserOfTheToken() throws Exception {
    serveIdentity();
    serveDecisions();
    var secret = new IdentityKeys(new byte[32]).secret("shop", "k1");
    var token = Token.of("shop", "u1", Instant.ofEpochMilli(DecisioningRig.NOW)).signed(secret);
    var context = Map.<String, Object>of("identityToken", token, "plan", "x");
    var named = Given.json("components", List.of("hero"), "userId", "u1", "context", context);
    assertThat(post(bearer("public"), named).status()).isEqualTo(200);
    assertThat(resolved).isNotNull();
    assertThat(resolved.user()).isEqualTo(IDS.user("shop", "u1"));
    assertThat(asked).isNotNull();
    assertThat(String.valueOf(asked.context().get("context")))
        .contains("plan")
        .doesNotContain("identityToken");
    var other = Given.json("components", List.of("hero"), "userId", "u2", "context", context);
    assertThat(post(bearer("public"), other).status()).isEqualTo(403);
  }

  @Test
  void decide_cookieOnly_identifiesTheBrowser() throws Exception {
    serveIdentity();
    serveDecisions();
    var value = new VisitorCookie(new byte[32]).sign("shop", "from-cookie");
    var headers =
        Map.of("X-Write-Key", "public", "Cookie", VisitorCookie.NAME + "=" + value, "Sec-GPC", "1");
    post(headers, Map.of("components", List.of("hero")));
    assertThat(resolved)
        .isEqualTo(new Resolve("shop", IDS.device("shop", "from-cookie"), null, true));

    post(headers, Map.of("components", List.of("hero"), "anonymousId", "said"));
    assertThat(resolved).isNotNull();
    assertThat(resolved.device()).isEqualTo(IDS.device("shop", "said"));
  }

  @Test
  void decide_browserSaysWhatItIsByItsHead_aServerDoesNot() throws Exception {
    serveDecisions();
    var agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36";
    var body = Map.<String, Object>of("components", List.of("hero"));
    post(Map.of("X-Write-Key", "public", "User-Agent", agent, "X-Geo-Country", "fr"), body);
    assertThat(asked).isNotNull();
    assertThat(asked.context().get("device"))
        .isEqualTo(Map.of("class", "desktop", "os", "Windows", "browser", "Chrome"));
    assertThat(asked.context().get("geo")).isEqualTo(Map.of("country", "FR", "region", ""));
    post(Map.of("X-Write-Key", "secret", "User-Agent", agent, "X-Geo-Country", "fr"), body);
    assertThat(asked.context()).doesNotContainKeys("device", "geo");
  }

  @Test
  void decide_identityAway_isContextualNotAnError() throws Exception {
    serveDecisions();
    var answer =
        post(bearer("secret"), Map.of("components", List.of("hero"), "anonymousId", "device-1"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().getString("mode")).isEqualTo("contextual");
  }

  @Test
  void decide_decisioningAway_isUnavailable() throws Exception {
    serveIdentity();
    var answer = post(bearer("secret"), Map.of("components", List.of("hero")));
    assertThat(answer.status()).isEqualTo(503);
  }

  @Test
  void decide_bodyThatMakesNoSense_saysWhere() throws Exception {
    assertThat(field("{}")).isEqualTo("components");
    assertThat(field("{\"components\":[]}")).isEqualTo("components");
    assertThat(field("{\"components\":[\"a\",7]}")).isEqualTo("components[1]");
    assertThat(field("{\"components\":[\"a\"],\"context\":[]}")).isEqualTo("context");
    assertThat(field("{\"components\":[\"a\"],\"dryRun\":\"yes\"}")).isEqualTo("dryRun");
    assertThat(field("{\"components\":[\"a\"],\"anonymousId\":7}")).isEqualTo("anonymousId");
    assertThat(post(bearer("secret"), "{\"components\":").status()).isEqualTo(400);
    assertThat(post(bearer("secret"), "").status()).isEqualTo(400);
    assertThat(post(bearer("secret"), "[1]").status()).isEqualTo(400);
  }

  private @Nullable String field(String body) throws Exception {
    var answer = post(bearer("secret"), body);
    assertThat(answer.status()).isEqualTo(400);
    return answer.body().getJsonObject("error").getString("field");
  }

  @Test
  void decide_hugeBody_isTooLarge() throws Exception {
    assertThat(post(bearer("secret"), " ".repeat(64 * 1024 + 1)).status()).isEqualTo(413);
  }
}
