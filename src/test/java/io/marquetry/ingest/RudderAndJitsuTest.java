package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of RudderStack and Jitsu over real HTTP. */
class RudderAndJitsuTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  // ---- RudderStack

  @Test
  void beacon_keyInTheQuery_isTakenAndAnsweredInPlainWords() {
    var response =
        FACE.post("/beacon/v1/batch?writeKey=shop-key", "{\"batch\":[" + PAGE + "," + PAGE + "]}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("OK");
    assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(FACE.accept().events()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/beacon/v1/batch?writeKey=shop-key | nonsense | 400 | invalid json",
        "/beacon/v1/batch?writeKey=shop-key | {\"batch\":[{\"type\":\"page\"}]} | 400 | request"
            + " neither has anonymousId nor userId",
        "/beacon/v1/batch?writeKey=shop-kex | {\"batch\":[]} | 401 | invalid write key",
        "/beacon/v1/batch | {\"batch\":[]} | 401 | failed to read writekey from header",
      })
  void beacon_wrong_saysWhatTheGatewaySays(String path, String body, int status, String words) {
    var response = FACE.post(path, body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).startsWith(words);
  }

  @Test
  void beacon_tooLargeOverloadedOrAway_saysSoInPlainWords() {
    var huge = FACE.post("/beacon/v1/batch?writeKey=shop-key", " ".repeat(600_000));
    assertThat(huge.statusCode()).isEqualTo(413);
    assertThat(huge.body()).startsWith("request size too large");
    FACE.store = accept -> Future.failedFuture(new Refused(Refused.Reason.OVERLOADED, "later"));
    var later = FACE.post("/beacon/v1/batch?writeKey=shop-key", "{\"batch\":[" + PAGE + "]}");
    assertThat(later.statusCode()).isEqualTo(429);
    assertThat(later.body()).isEqualTo("max requests limit reached");
    assertThat(later.headers().firstValue("Retry-After")).hasValue("1");
    FACE.store = accept -> Future.failedFuture(new Refused(Refused.Reason.UNAVAILABLE, "the log"));
    var away = FACE.post("/beacon/v1/batch?writeKey=shop-key", "{\"batch\":[" + PAGE + "]}");
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.body()).isEqualTo("the log");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/merge", "/v1/batch"})
  void merge_oneDeviceAndOnePerson_isAnAlias(String path) {
    var merge =
        "{\"type\":\"merge\",\"messageId\":\"m\",\"mergeProperties\":["
            + "{\"type\":\"anonymous_id\",\"value\":\"a\"},{\"type\":\"user_id\",\"value\":\"u\"}]}";
    var body = path.equals("/v1/batch") ? "{\"batch\":[" + merge + "]}" : merge;
    var response = FACE.post(path, body, "Authorization", FaceRig.basic("shop-key"));
    assertThat(response.statusCode()).isEqualTo(200);
    var event = FACE.event();
    assertThat(event.type()).isEqualTo(EventType.ALIAS);
    assertThat(event.subject().user()).isEqualTo(IDS.user("shop", "u"));
    assertThat(event.subject().previous()).isEqualTo(IDS.device("shop", "a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"type\":\"user_id\",\"value\":\"u\"},{\"type\":\"user_id\",\"value\":\"v\"}]",
        "[{\"type\":\"email\",\"value\":\"a@b.example\"},{\"type\":\"user_id\",\"value\":\"v\"}]",
        "[{\"type\":\"anonymous_id\",\"value\":\"u\"}]",
        "{}",
        "[1,2]",
      })
  void merge_ofAnythingElse_isRefusedWithItsReason(String named) {
    var response =
        FACE.post(
            "/v1/merge",
            "{\"userId\":\"u\",\"previousId\":\"p\",\"mergeProperties\":" + named + "}",
            "Authorization",
            FaceRig.basic("shop-server"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).startsWith("mergeProperties must name");
    assertThat(FACE.accept().rejected().getFirst().reason()).isEqualTo("unknown_merge");
  }

  /** A browser's word joins nobody to anybody where a site does not take it. */
  @Test
  void merge_untrusted_isRefused() {
    var merge =
        "{\"mergeProperties\":["
            + "{\"type\":\"anonymous_id\",\"value\":\"a\"},{\"type\":\"user_id\",\"value\":\"u\"}]}";
    var response = FACE.post("/v1/merge", merge, "Authorization", FaceRig.basic("shut-key"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(FACE.accept().rejected().getFirst().reason()).isEqualTo("unverified_user");
  }

  @Test
  void pixel_fieldsByPath_areAnEvent() {
    var response =
        FACE.get(
            "/pixel/v1/track?writeKey=shop-key&anonymousId=a&event=Email%20Opened&messageId=m"
                + "&properties.campaign=spring&context.page.path=/mail&properties.campaign=second"
                + "&properties.campaign.deeper=no&unknown=x&traits=y&context.a.b.c.d.e.f=z");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).startsWith("GIF89a");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("image/gif");
    var event = FACE.event();
    assertThat(event.name()).isEqualTo("Email Opened");
    assertThat(event.object("properties")).isEqualTo(Map.of("campaign", "spring"));
    assertThat(event.object("context")).containsEntry("page", Map.of("path", "/mail"));
    assertThat(event.fields()).doesNotContainKeys("unknown", "traits");
  }

  // ---- Jitsu

  @ParameterizedTest
  @CsvSource({
    "/api/s/track, track", "/api/s/page, page", "/api/s/identify, identify",
    "/api/s/group, group", "/api/s/screen, screen", "/api/s/alias, alias",
    "/api/s/s2s/track, track", "/api/s/s2s/page, page", "/api/s/s2s/identify, identify",
  })
  void jitsu_everyPath_isAnEventOfItsType(String path, String type) {
    var body =
        "{\"anonymousId\":\"a\",\"userId\":\"u\",\"event\":\"e\",\"groupId\":\"g\",\"previousId\":\"p\",\"writeKey\":\"sh***ey\"}";
    var response = FACE.post(path, body, "X-Write-Key", "shop-key:secret");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Json.readOwn(response.body())).isEqualTo(Map.of("ok", true));
    assertThat(FACE.event().type()).isEqualTo(EventType.of(type));
  }

  @Test
  void jitsu_secretThatIsAServerKey_speaksForUsers() {
    var body = "{\"userId\":\"u\",\"event\":\"e\"}";
    for (var key : List.of("shut-key:shut-server", "shut-server:anything", "shut-server")) {
      assertThat(FACE.post("/api/s/s2s/track", body, "X-Write-Key", key).statusCode())
          .isEqualTo(200);
      assertThat(FACE.event().subject().user()).isEqualTo(IDS.user("shut", "u"));
    }
    for (var key : List.of("shut-key:wrong", "shut-key:shop-server", "shut-key")) {
      assertThat(FACE.post("/api/s/s2s/track", body, "X-Write-Key", key).statusCode())
          .isEqualTo(400);
    }
    assertThat(FACE.post("/api/s/s2s/track", body, "X-Write-Key", "none:shut-server").statusCode())
        .isEqualTo(401);
  }

  @Test
  void jitsu_fromServer_hasNoCookieAndNoAgent() {
    var cookie = "mq_id=" + new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
    var answer =
        FACE.post(
            "/api/s/s2s/page",
            "{\"anonymousId\":\"a\"}",
            "X-Write-Key",
            "shop-key",
            "Cookie",
            cookie,
            "User-Agent",
            "SomeBot/1");
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    var event = FACE.event();
    assertThat(event.subject().otherDevice()).isNull();
    assertThat(event.flags()).isEmpty();
    FACE.post(
        "/api/s/page", "{\"anonymousId\":\"a\"}", "X-Write-Key", "shop-key", "Cookie", cookie);
    assertThat(FACE.event().subject().otherDevice()).isEqualTo(IDS.device("shop", "c"));
  }

  @Test
  void jitsu_wrong_saysSoInItsForm() {
    var poison = FACE.post("/api/s/track", "{}", "X-Write-Key", "shop-key");
    assertThat(poison.statusCode()).isEqualTo(400);
    assertThat(Json.readOwn(poison.body()))
        .containsEntry("ok", false)
        .containsEntry("code", "missing_event");
    FACE.store = accept -> Future.failedFuture(new Refused(Refused.Reason.OVERLOADED, "later"));
    var later = FACE.post("/api/s/page", PAGE, "X-Write-Key", "shop-key");
    assertThat(later.statusCode()).isEqualTo(429);
    assertThat(later.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(FACE.post("/api/s/nothing", PAGE, "X-Write-Key", "shop-key").statusCode())
        .isEqualTo(404);
  }

  @Test
  void jitsu_batch_keepsTheGoodAndCounts() {
    var response =
        FACE.post("/api/s/batch", "{\"batch\":[" + PAGE + ",{}]}", "X-Write-Key", "shop-key");
    assertThat(response.statusCode()).isEqualTo(200);
    var answer = Json.readOwn(response.body());
    assertThat(answer).containsEntry("ok", true).containsKey("rejected");
    assertThat(FACE.accept().events()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/s/track", "/api/s/s2s/track", "/beacon/v1/batch", "/v1/merge"})
  void preflight_everyPath_isAnsweredWithOurHeaders(String path) {
    var response = FACE.send("OPTIONS", path, "", "Origin", "https://shop.example");
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://shop.example");
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("X-Write-Key", "X-Enable-Debug", "AnonymousId");
  }
}
