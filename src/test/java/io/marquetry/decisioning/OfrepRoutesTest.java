package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.DecisioningMessage.VisitorsChanged;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.decisioning.core.Given;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.testkit.EventStream;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfrepRoutesTest {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";
  private static final String REFETCH = "{\"type\":\"refetchEvaluation\"}";
  private static final Id128 PROFILE = new Id128(1, 2);
  private static final Ids IDS = new Ids(new byte[32]);

  private final DecisioningRig rig = new DecisioningRig();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Resolve> resolved = new CopyOnWriteArrayList<>();
  private final List<Decide> asked = new CopyOnWriteArrayList<>();
  private final List<EventStream> streams = new ArrayList<>();
  private volatile List<Id128> identifiers = List.of();
  private volatile String shown = "brand";
  private volatile String strategy = "rule";
  private volatile String kind = "rule";
  private volatile long consentVersion = 3;
  private volatile Id128 profile = PROFILE;
  private final Map<Id128, Id128> others = new ConcurrentHashMap<>();
  private DecideRoutes routes;
  private int port;

  @SuppressWarnings("NullAway.Init")
  OfrepRoutesTest() {}

  private record Answer(int status, HttpResponse<String> response) {
    JsonObject json() {
      return new JsonObject(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    JsonObject flag(int index) {
      return json().getJsonArray("flags").getJsonObject(index);
    }

    String stream() {
      return json()
          .getJsonArray("eventStreams")
          .getJsonObject(0)
          .getJsonObject("endpoint")
          .getString("requestUri");
    }
  }

  @BeforeEach
  void open() throws Exception {
    rig.serveCatalogue(catalogue(1));
    serveNeighbours();
    mount(Map.of("maxStreams", 2));
  }

  private void mount(Map<String, Object> config) throws Exception {
    var router = Router.router(rig.vertx);
    routes = new DecideRoutes(rig.vertx, rig.context(0, 1, config));
    await(routes.mount(router));
    port =
        await(rig.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
            .actualPort();
  }

  private static Catalogue catalogue(long revision) throws Exception {
    var definitions =
        Given.catalogue()
            .put(Kind.SITE, "shop", Map.of("identify", "signed"))
            .put(Kind.SITE, "trusting", Map.of("identify", "trusted"))
            .put(Kind.COMPONENT, "promo", Map.of("fallback", List.of()))
            .put(
                Kind.COMPONENT,
                "hero",
                Map.of(
                    "fallback",
                    List.of("brand"),
                    "fields",
                    List.of(Map.of("key", "title", "type", "text"))))
            .variant(
                "hero",
                "brand",
                "style",
                Map.of("class", "dark"),
                "content",
                Map.of("title", "Made to last"))
            .variant("hero", "vip", "content", Map.of("title", "Welcome back"))
            .build();
    var keys =
        List.of(
            new WriteKey(hash("public"), "shop", "write"),
            new WriteKey(hash("secret"), "shop", "server"),
            new WriteKey(hash("open"), "trusting", "write"));
    return new Catalogue("v" + revision, revision, definitions.definitions(), keys);
  }

  private static String hash(String key) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes("UTF-8")));
  }

  private void serveNeighbours() throws Exception {
    await(
        rig.bus.serve(
            Addresses.RESOLVE,
            ask -> {
              resolved.add(ask);
              var whose =
                  ask.device() == null ? profile : others.getOrDefault(ask.device(), profile);
              return Future.succeededFuture(new VisitorRef(whose, Purposes.ALL, consentVersion));
            }));
    await(
        rig.bus.serve(
            Addresses.IDENTIFIERS,
            ask -> {
              var keys = new ArrayList<>(ask.keys());
              keys.addAll(identifiers);
              return Future.succeededFuture(new Identifiers(PROFILE, keys));
            }));
    await(
        rig.bus.serve(
            Addresses.DECIDE.to(0),
            ask -> {
              asked.add(ask);
              return Future.succeededFuture(decided(ask));
            }));
  }

  private Decided decided(Decide ask) {
    var choices = new ArrayList<Choice>();
    for (var component : ask.components()) {
      choices.add(
          component.equals("hero")
              ? new Choice(
                  "hero", shown, strategy, List.of(new Reason(kind, "r1", "why")), 0.5, 0.25, -1)
              : new Choice(component, null, "none", List.of(), 1, 1, -1));
    }
    return new Decided(
        new Id128(7, asked.size()), Mode.PERSONALIZED, choices, Map.of(), "v1", 1_500);
  }

  @AfterEach
  void close() throws Exception {
    streams.forEach(EventStream::close);
    rig.close();
  }

  private Answer post(String path, @Nullable String key, String body, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (key != null) {
      request.header("X-API-Key", key);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  private static String context(String targetingKey, String... attributes) {
    var context = new LinkedHashMap<String, Object>();
    context.put("targetingKey", targetingKey);
    for (int i = 0; i < attributes.length; i += 2) {
      context.put(attributes[i], attributes[i + 1]);
    }
    return new JsonObject().put("context", new JsonObject(context)).encode();
  }

  @Test
  void single_component_isAnObjectFlagWithItsContent() throws Exception {
    var answer = post(FLAGS + "/hero", "public", context("device-1", "plan", "pro"));
    assertThat(answer.status()).isEqualTo(200);
    var flag = answer.json();
    assertThat(flag.getString("key")).isEqualTo("hero");
    assertThat(flag.getString("reason")).isEqualTo("TARGETING_MATCH");
    assertThat(flag.getString("variant")).isEqualTo("brand");
    assertThat(flag.getJsonObject("value").getMap())
        .containsEntry("title", "Made to last")
        .containsEntry("variant", "brand")
        .containsEntry("style", Map.of("class", "dark"));
    assertThat(flag.getJsonObject("metadata").getMap())
        .containsEntry("decisionId", new Id128(7, 1).toString())
        .containsEntry("fallbackStep", -1)
        .containsEntry("propensity", 0.25)
        .containsEntry("mode", "personalized")
        .containsEntry("rule", "r1");
    var ask = asked.getFirst();
    assertThat(ask.components()).containsExactly("hero");
    assertThat(ask.dryRun()).isFalse();
    assertThat(ask.context().get("context").toString()).contains("plan").doesNotContain("device-1");
  }

  @ParameterizedTest
  @CsvSource({
    "rule, rule, TARGETING_MATCH",
    "fallback, fallback, STATIC",
    "fallback, condition, TARGETING_MATCH",
    "baseline, holdout, SPLIT",
    "experiment, experiment, SPLIT",
    "bandit, bandit, SPLIT",
    "model, strategy, TARGETING_MATCH",
    "somethingNew, rule, UNKNOWN"
  })
  void single_eachStrategy_hasItsReason(String strategyOf, String kindOf, String reason)
      throws Exception {
    strategy = strategyOf;
    kind = kindOf;
    assertThat(post(FLAGS + "/hero", "public", context("d")).json().getString("reason"))
        .isEqualTo(reason);
  }

  @Test
  void single_nothingToShow_hasNoValue() throws Exception {
    var flag = post(FLAGS + "/promo", "public", context("device-1")).json();
    assertThat(flag.getString("reason")).isEqualTo("DISABLED");
    assertThat(flag.getMap()).doesNotContainKeys("value", "variant");
  }

  @Test
  void single_unknownComponent_isNotFound() throws Exception {
    var answer = post(FLAGS + "/nothing", "public", context("device-1"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("errorCode")).isEqualTo("FLAG_NOT_FOUND");
    assertThat(answer.json().getString("key")).isEqualTo("nothing");
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"context\": | PARSE_ERROR",
        "[1] | PARSE_ERROR",
        "{} | INVALID_CONTEXT",
        "{\"context\": 7} | INVALID_CONTEXT",
        "{\"context\": {}} | TARGETING_KEY_MISSING",
        "{\"context\": {\"targetingKey\": \"\"}} | TARGETING_KEY_MISSING",
        "{\"context\": {\"targetingKey\": 7}} | INVALID_CONTEXT",
        "{\"context\": {\"targetingKey\": \"d\", \"userId\": []}} | INVALID_CONTEXT"
      })
  void anyQuestion_thatMakesNoSense_saysWhy(String body, String code) throws Exception {
    for (var path : List.of(FLAGS, FLAGS + "/hero")) {
      var answer = post(path, "public", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().getString("errorCode")).isEqualTo(code);
      assertThat(answer.json().getString("errorDetails")).isNotEmpty();
    }
  }

  @Test
  void anyQuestion_withoutAGoodKey_is401() throws Exception {
    assertThat(post(FLAGS, null, context("d")).status()).isEqualTo(401);
    assertThat(post(FLAGS, "wrong", context("d")).status()).isEqualTo(401);
    assertThat(post(FLAGS, null, context("d"), "Authorization", "Bearer secret").status())
        .isEqualTo(200);
  }

  @Test
  void targetingKey_publicKey_namesADeviceAndNoUser() throws Exception {
    post(FLAGS, "public", context("x"));
    assertThat(resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), null, false));
    assertThat(post(FLAGS, "public", context("user:u1")).status()).isEqualTo(403);
    assertThat(post(FLAGS, "public", context("x", "userId", "u1")).status()).isEqualTo(403);
    post(FLAGS, "public", context("anonymous:x"), "Sec-GPC", "1");
    assertThat(resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), null, true));
  }

  @Test
  void targetingKey_serverKey_namesADeviceThatIsSomebodysElseAUser() throws Exception {
    post(FLAGS, "secret", context("x"));
    assertThat(resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), IDS.user("shop", "x"), false));
    identifiers = List.of(new Id128(9, 9));
    post(FLAGS, "secret", context("x"));
    assertThat(resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), null, false));
    post(FLAGS, "secret", context("user:u1"));
    assertThat(resolved.getLast())
        .isEqualTo(new Resolve("shop", null, IDS.user("shop", "u1"), false));
    post(FLAGS, "open", context("x", "userId", "u1", "anonymousId", "d1"));
    assertThat(resolved.getLast())
        .isEqualTo(
            new Resolve(
                "trusting", IDS.device("trusting", "d1"), IDS.user("trusting", "u1"), false));
  }

  @Test
  void bulk_firstTime_hasAllComponentsATagAndAStream() throws Exception {
    var answer = post(FLAGS, "public", context("device-1"), "Origin", "https://shop.example");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("ETag")).matches("\"[0-9a-f]{32}\"");
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(answer.header("Access-Control-Expose-Headers")).contains("ETag");
    assertThat(answer.flag(0).getString("key")).isEqualTo("hero");
    assertThat(answer.flag(1).getString("key")).isEqualTo("promo");
    assertThat(answer.stream()).startsWith("/ofrep/v1/streams?pass=");
    assertThat(answer.stream()).doesNotContain("device-1");
    assertThat(asked).extracting(Decide::dryRun).containsExactly(false);
  }

  @Test
  void bulk_sameAgain_isNotModifiedAndNotLogged() throws Exception {
    var tag = post(FLAGS, "public", context("device-1")).header("ETag");
    var again = post(FLAGS, "public", context("device-1"), "If-None-Match", tag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.response().body()).isEmpty();
    assertThat(again.header("ETag")).isEqualTo(tag);
    assertThat(asked).extracting(Decide::dryRun).containsExactly(false, true);
    var listed = post(FLAGS, "public", context("device-1"), "If-None-Match", "\"x\", W/" + tag);
    assertThat(listed.status()).isEqualTo(304);
  }

  @Test
  void bulk_anythingElse_isEvaluatedAnew() throws Exception {
    var tag = post(FLAGS, "public", context("device-1")).header("ETag");
    var other = post(FLAGS, "public", context("device-1", "plan", "pro"), "If-None-Match", tag);
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.header("ETag")).isNotEqualTo(tag);
    assertThat(asked).extracting(Decide::dryRun).containsExactly(false, true, false);

    shown = "vip";
    var moved = post(FLAGS, "public", context("device-1"), "If-None-Match", tag);
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.flag(0).getString("variant")).isEqualTo("vip");

    shown = "brand";
    consentVersion = 4;
    assertThat(post(FLAGS, "public", context("device-1"), "If-None-Match", tag).status())
        .isEqualTo(200);
  }

  @Test
  void bulk_afterAnEventOfAnotherState_isNeverNotModified() throws Exception {
    var tag = post(FLAGS, "public", context("d")).header("ETag");
    var body = context("d");
    assertThat(post(FLAGS + "?flagConfigEtag=b", "public", body, "If-None-Match", tag).status())
        .isEqualTo(200);
    assertThat(
            post(FLAGS + "?flagConfigLastModified=1771622898", "public", body, "If-None-Match", tag)
                .status())
        .isEqualTo(200);
    var bare = tag.replace("\"", "");
    assertThat(
            post(FLAGS + "?flagConfigEtag=" + bare, "public", body, "If-None-Match", tag).status())
        .isEqualTo(304);
  }

  @Test
  void preflight_ofABrowsersProvider_isAllowed() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + FLAGS))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", "https://shop.example")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type,if-none-match,x-api-key")
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .containsIgnoringCase("if-none-match")
        .containsIgnoringCase("x-api-key")
        .containsIgnoringCase("content-type");
  }

  @Test
  void anyQuestion_decisioningBusyOrAway_saysWhenToComeAgain() throws Exception {
    await(rig.bus.leave());
    assertThat(post(FLAGS, "public", context("d")).status()).isEqualTo(503);
    await(
        rig.bus.serve(
            Addresses.DECIDE.to(0),
            ask -> Future.failedFuture(new Refused(Refused.Reason.OVERLOADED, "busy"))));
    var answer = post(FLAGS, "public", context("d"));
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.json().getString("errorDetails")).isEqualTo("busy");
  }

  private EventStream listen(String uri, String... headers) {
    var all = new LinkedHashMap<String, String>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    var stream = EventStream.open("http://127.0.0.1:" + port + uri, all);
    streams.add(stream);
    return stream;
  }

  private void change(Id128... visitors) {
    rig.bus.publish(Addresses.VISITORS_CHANGED, new VisitorsChanged(List.of(visitors)));
  }

  private EventStream opened(String targetingKey) throws Exception {
    int before = resolved.size();
    var stream = listen(post(FLAGS, "public", context(targetingKey)).stream());
    assertThat(stream.status()).isEqualTo(200);
    assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
    rig.until(() -> resolved.size() == before + 2); // it knows its profile
    return stream;
  }

  @Test
  void stream_changeOfTheVisitor_tellsThemAndNobodyElse() throws Exception {
    var stream = opened("device-1");
    others.put(IDS.device("shop", "device-2"), new Id128(5, 5));
    var other = opened("device-2");
    change(PROFILE);
    assertThat(stream.next()).isEqualTo(REFETCH);
    change(new Id128(5, 5));
    assertThat(other.next()).isEqualTo(REFETCH);
    assertThat(stream.poll(100)).isNull();
    change(IDS.device("shop", "device-1"));
    assertThat(stream.next()).isEqualTo(REFETCH);
    assertThat(other.poll(100)).isNull();
  }

  @Test
  void stream_visitorGoesUpInAnother_followsThem() throws Exception {
    var stream = opened("device-1");
    profile = new Id128(8, 8);
    change(PROFILE);
    assertThat(stream.next()).isEqualTo(REFETCH);
    rig.until(() -> resolved.size() == 3);
    change(new Id128(8, 8));
    assertThat(stream.next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_publish_tellsEverybody() throws Exception {
    var one = opened("device-1");
    var two = opened("device-2");
    rig.bus.publish(Addresses.PUBLISHED, catalogue(2));
    assertThat(one.next()).isEqualTo(REFETCH);
    assertThat(two.next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_manyChangesAtOnce_areToldOnce() throws Exception {
    var stream = opened("device-1");
    for (int i = 0; i < 50; i++) {
      change(PROFILE);
    }
    assertThat(stream.next()).isEqualTo(REFETCH);
    assertThat(stream.poll(100)).isNull();
  }

  @Test
  void stream_changeJustBefore_isTold() throws Exception {
    var uri = post(FLAGS, "public", context("device-1")).stream();
    change(PROFILE);
    assertThat(listen(uri).next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_clientComesBack_isToldAtOnce() throws Exception {
    var stream = opened("device-1");
    change(PROFILE);
    assertThat(stream.next()).isEqualTo(REFETCH);
    assertThat(stream.lastId()).isNotEmpty();
    var uri = post(FLAGS, "public", context("device-3")).stream();
    assertThat(listen(uri, "Last-Event-ID", stream.lastId()).next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_beyondTheBound_isNeitherOfferedNorOpened() throws Exception {
    var uri = post(FLAGS, "public", context("device-3")).stream();
    opened("device-1");
    opened("device-2");
    assertThat(post(FLAGS, "public", context("device-3")).json().getJsonArray("eventStreams"))
        .isNull();
    var refused = listen(uri);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void stream_passOfOurMaking_isTheOnlyOneThatOpens() throws Exception {
    var uri = post(FLAGS, "public", context("device-1")).stream();
    assertThat(listen("/ofrep/v1/streams").status()).isEqualTo(401);
    assertThat(listen("/ofrep/v1/streams?pass=x.y").status()).isEqualTo(401);
    int middle = uri.indexOf('=') + 8;
    var altered =
        uri.substring(0, middle)
            + (uri.charAt(middle) == 'A' ? 'B' : 'A')
            + uri.substring(middle + 1);
    assertThat(listen(altered).status()).isEqualTo(401);
    rig.now += 3L * 24 * 3_600_000;
    assertThat(listen(uri).status()).isEqualTo(401);
  }

  @Test
  void stream_serverStops_ends() throws Exception {
    var stream = opened("device-1");
    await(routes.close());
    stream.awaitEnd();
  }
}
