package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;
import static io.marquetry.decisioning.OfrepRig.FLAGS;
import static io.marquetry.decisioning.OfrepRig.IDS;
import static io.marquetry.decisioning.OfrepRig.context;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What flags are, and who asks for them. */
class OfrepRoutesTest {
  private OfrepRig ofrep;

  @SuppressWarnings("NullAway.Init")
  OfrepRoutesTest() {}

  @BeforeEach
  void open() throws Exception {
    ofrep = new OfrepRig();
  }

  @AfterEach
  void close() throws Exception {
    ofrep.close();
  }

  @Test
  void single_component_isAnObjectFlagWithItsContent() throws Exception {
    var answer = ofrep.post(FLAGS + "/hero", "public", context("device-1", "plan", "pro"));
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
    var ask = ofrep.asked.getFirst();
    assertThat(ask.components()).containsExactly("hero");
    assertThat(ask.dryRun()).isFalse();
    assertThat(String.valueOf(ask.context().get("context")))
        .contains("plan")
        .doesNotContain("device-1");
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
    ofrep.strategy = strategyOf;
    ofrep.kind = kindOf;
    assertThat(ofrep.post(FLAGS + "/hero", "public", context("d")).json().getString("reason"))
        .isEqualTo(reason);
  }

  @Test
  void single_nothingToShow_hasNoValue() throws Exception {
    var flag = ofrep.post(FLAGS + "/promo", "public", context("device-1")).json();
    assertThat(flag.getString("reason")).isEqualTo("DISABLED");
    assertThat(flag.getMap()).doesNotContainKeys("value", "variant");
  }

  @Test
  void single_unknownComponent_isNotFound() throws Exception {
    var answer = ofrep.post(FLAGS + "/nothing", "public", context("device-1"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("errorCode")).isEqualTo("FLAG_NOT_FOUND");
    assertThat(answer.json().getString("key")).isEqualTo("nothing");
    assertThat(ofrep.asked).isEmpty();
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
      var answer = ofrep.post(path, "public", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().getString("errorCode")).isEqualTo(code);
      assertThat(answer.json().getString("errorDetails")).isNotEmpty();
    }
  }

  @Test
  void anyQuestion_withoutAGoodKey_is401() throws Exception {
    assertThat(ofrep.post(FLAGS, null, context("d")).status()).isEqualTo(401);
    assertThat(ofrep.post(FLAGS, "wrong", context("d")).status()).isEqualTo(401);
    assertThat(ofrep.post(FLAGS, null, context("d"), "Authorization", "Bearer secret").status())
        .isEqualTo(200);
  }

  @Test
  void targetingKey_publicKey_namesADeviceAndNoUser() throws Exception {
    ofrep.post(FLAGS, "public", context("x"));
    assertThat(ofrep.resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), null, false));
    assertThat(ofrep.post(FLAGS, "public", context("user:u1")).status()).isEqualTo(403);
    assertThat(ofrep.post(FLAGS, "public", context("x", "userId", "u1")).status()).isEqualTo(403);
    ofrep.post(FLAGS, "public", context("anonymous:x"), "Sec-GPC", "1");
    assertThat(ofrep.resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), null, true));
  }

  @Test
  void targetingKey_serverKey_namesADeviceThatIsSomebodysElseAUser() throws Exception {
    ofrep.post(FLAGS, "secret", context("x"));
    assertThat(ofrep.resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), IDS.user("shop", "x"), false));
    ofrep.identifiers = List.of(new Id128(9, 9));
    ofrep.post(FLAGS, "secret", context("x"));
    assertThat(ofrep.resolved.getLast())
        .isEqualTo(new Resolve("shop", IDS.device("shop", "x"), null, false));
    ofrep.post(FLAGS, "secret", context("user:u1"));
    assertThat(ofrep.resolved.getLast())
        .isEqualTo(new Resolve("shop", null, IDS.user("shop", "u1"), false));
    ofrep.post(FLAGS, "open", context("x", "userId", "u1", "anonymousId", "d1"));
    assertThat(ofrep.resolved.getLast())
        .isEqualTo(
            new Resolve(
                "trusting", IDS.device("trusting", "d1"), IDS.user("trusting", "u1"), false));
  }

  @Test
  void bulk_firstTime_hasAllComponentsATagAndAStream() throws Exception {
    var answer = ofrep.post(FLAGS, "public", context("device-1"), "Origin", "https://shop.example");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("ETag")).matches("\"[0-9a-f]{32}\"");
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(answer.header("Access-Control-Expose-Headers")).contains("ETag");
    assertThat(answer.flag(0).getString("key")).isEqualTo("hero");
    assertThat(answer.flag(1).getString("key")).isEqualTo("promo");
    assertThat(answer.stream()).startsWith("/ofrep/v1/streams?pass=");
    assertThat(answer.stream()).doesNotContain("device-1");
    assertThat(ofrep.asked).extracting(Decide::dryRun).containsExactly(false);
  }

  @Test
  void bulk_sameAgain_isNotModifiedAndNotLogged() throws Exception {
    var tag = ofrep.post(FLAGS, "public", context("device-1")).header("ETag");
    var again = ofrep.post(FLAGS, "public", context("device-1"), "If-None-Match", tag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.response().body()).isEmpty();
    assertThat(again.header("ETag")).isEqualTo(tag);
    assertThat(ofrep.asked).extracting(Decide::dryRun).containsExactly(false, true);
    var listed =
        ofrep.post(FLAGS, "public", context("device-1"), "If-None-Match", "\"x\", W/" + tag);
    assertThat(listed.status()).isEqualTo(304);
  }

  @Test
  void bulk_anythingElse_isEvaluatedAnew() throws Exception {
    var tag = ofrep.post(FLAGS, "public", context("device-1")).header("ETag");
    var other =
        ofrep.post(FLAGS, "public", context("device-1", "plan", "pro"), "If-None-Match", tag);
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.header("ETag")).isNotEqualTo(tag);
    assertThat(ofrep.asked).extracting(Decide::dryRun).containsExactly(false, true, false);

    ofrep.shown = "vip";
    var moved = ofrep.post(FLAGS, "public", context("device-1"), "If-None-Match", tag);
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.flag(0).getString("variant")).isEqualTo("vip");

    ofrep.shown = "brand";
    ofrep.consentVersion = 4;
    assertThat(ofrep.post(FLAGS, "public", context("device-1"), "If-None-Match", tag).status())
        .isEqualTo(200);
  }

  @Test
  void bulk_afterAnEventOfAnotherState_isNeverNotModified() throws Exception {
    var tag = ofrep.post(FLAGS, "public", context("d")).header("ETag");
    var body = context("d");
    assertThat(
            ofrep.post(FLAGS + "?flagConfigEtag=b", "public", body, "If-None-Match", tag).status())
        .isEqualTo(200);
    assertThat(
            ofrep
                .post(
                    FLAGS + "?flagConfigLastModified=1771622898",
                    "public",
                    body,
                    "If-None-Match",
                    tag)
                .status())
        .isEqualTo(200);
    var bare = tag.replace("\"", "");
    assertThat(
            ofrep
                .post(FLAGS + "?flagConfigEtag=" + bare, "public", body, "If-None-Match", tag)
                .status())
        .isEqualTo(304);
  }

  @Test
  void preflight_ofABrowsersProvider_isAllowed() throws Exception {
    var request =
        ofrep
            .face
            .to(FLAGS)
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", "https://shop.example")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type,if-none-match,x-api-key")
            .build();
    var response = ofrep.face.client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .containsIgnoringCase("if-none-match")
        .containsIgnoringCase("x-api-key")
        .containsIgnoringCase("content-type");
  }

  @Test
  void anyQuestion_decisioningBusyOrAway_saysWhenToComeAgain() throws Exception {
    await(ofrep.face.rig.bus.leave());
    assertThat(ofrep.post(FLAGS, "public", context("d")).status()).isEqualTo(503);
    await(
        ofrep.face.rig.bus.serve(
            Addresses.DECIDE.to(0),
            ask -> Future.failedFuture(new Refused(Refused.Reason.OVERLOADED, "busy"))));
    var answer = ofrep.post(FLAGS, "public", context("d"));
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.json().getString("errorDetails")).isEqualTo("busy");
  }
}
