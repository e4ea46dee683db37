package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Refused;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Snowplow tracker protocol over real HTTP. */
class SnowplowRoutesTest {
  @RegisterExtension
  private static final FaceRig FACE =
      new FaceRig(
          Map.of(),
          Map.of("dialects", Map.of("snowplow", Map.of("paths", List.of("/com.acme/track")))));

  private static final Ids IDS = new Ids(IngestRig.SECRET);
  private static final String TP2 = "/com.snowplowanalytics.snowplow/tp2";
  private static final String PAGE =
      "{\"e\":\"pv\",\"eid\":\"m\",\"aid\":\"shop-key\",\"duid\":\"d\",\"url\":\"https://shop.test/a\",\"p\":\"web\"}";

  private static String envelope(String... events) {
    return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
        + String.join(",", events)
        + "]}";
  }

  private static String packed(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  // ---- posts

  @ParameterizedTest
  @ValueSource(strings = {TP2, "/com.acme/track"})
  void post_everyPath_takesItsEventsAndSaysOk(String path) {
    var response =
        FACE.post(path, envelope(PAGE), "Content-Type", "application/json; charset=UTF-8");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok");
    assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    var event = FACE.event();
    assertThat(event.type()).isEqualTo(EventType.PAGE);
    assertThat(event.messageId()).isEqualTo("m");
    assertThat(event.message()).isEqualTo(IDS.message("shop", "m"));
    assertThat(event.subject().device()).isEqualTo(IDS.device("shop", "d"));
  }

  @Test
  void post_packedEventAndEntities_areTakenApart() {
    var ue =
        packed(
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\",\"data\":"
                + "{\"schema\":\"iglu:com.acme/thing_done/jsonschema/1-0-0\",\"data\":{\"n\":\"\u00fc\"}}}");
    var cx =
        packed(
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":"
                + "[{\"schema\":\"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0\",\"data\":{\"id\":\"w\"}}]}");
    FACE.post(
        TP2,
        envelope(
            "{\"e\":\"ue\",\"aid\":\"shop-key\",\"duid\":\"d\",\"ue_px\":\"%s\",\"cx\":\"%s\"}"
                .formatted(ue, cx)));
    var event = FACE.event();
    assertThat(event.name()).isEqualTo("thing_done");
    assertThat(event.object("properties")).isEqualTo(Map.of("n", "\u00fc"));
    assertThat(Json.writeText(event.object("context").get("snowplow")))
        .contains("\"entities\":{\"web_page\":[{\"id\":\"w\"}]}");
    assertThat(event.messageId()).isNotBlank();
  }

  @Test
  void post_event_isReadAgainFromTheLogAsItWas() {
    FACE.post(TP2, envelope(PAGE), "User-Agent", "Firefox/1");
    var incoming = FACE.accept().events().getFirst();
    var parser = new EventParser(new Ids(IngestRig.SECRET));
    var again =
        LogEntry.parse(
            parser, "shop", incoming.event().receivedAt(), Json.readOwn(incoming.payload()));
    assertThat(again).isEqualTo(new EventParser.Outcome.Parsed(incoming.event()));
  }

  @Test
  void post_gzip_isUnpacked() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(envelope(PAGE).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(FACE.send("POST", TP2, bytes.toByteArray()).statusCode()).isEqualTo(200);
  }

  @Test
  void post_oneBadEvent_keepsTheGoodAndTheReason() {
    var bad =
        "{\"e\":\"ue\",\"aid\":\"shop-key\",\"duid\":\"d\",\"eid\":\"bad\",\"ue_px\":\"%%%\"}";
    var deep = "{\"e\":\"pv\",\"aid\":\"shop-key\",\"x\":" + "[".repeat(40) + "]".repeat(40) + "}";
    var response =
        FACE.post(
            TP2,
            envelope(PAGE, bad, "7", deep, PAGE.replace("\"m\"", "\"n\"")),
            "X-Write-Key",
            "shop-key");
    assertThat(response.statusCode()).isEqualTo(200);
    var accept = FACE.accept();
    assertThat(accept.events())
        .extracting(one -> one.event().messageId())
        .containsExactly("m", "n");
    assertThat(accept.rejected()).hasSize(3);
    var letter = accept.rejected().getFirst();
    assertThat(letter.reason()).isEqualTo("malformed");
    assertThat(letter.detail()).isEqualTo("ue_px is not base64url");
    assertThat(letter.messageId()).isEqualTo("bad");
    assertThat(letter.about()).containsExactly(IDS.device("shop", "d"));
    assertThat(letter.payload()).isEqualTo(bad);
  }

  /** Trackers would send it again for ever. */
  @Test
  void post_whatNeverHelps_isAnsweredWithAStatusThatTrackersGiveUpOn() {
    assertThat(FACE.post(TP2, "nonsense", "X-Write-Key", "shop-key").statusCode()).isEqualTo(400);
    assertThat(FACE.post(TP2, "{\"data\":[" + PAGE + "]}").statusCode()).isEqualTo(400);
    assertThat(FACE.post(TP2, envelope("{\"e\":\"xx\",\"aid\":\"shop-key\"}")).statusCode())
        .isEqualTo(400);
    assertThat(FACE.post(TP2, " ".repeat((1 << 20) + 1)).statusCode()).isEqualTo(422);
    var huge = PAGE.replace("https://shop.test/a", "x".repeat(60_000));
    assertThat(FACE.post(TP2, envelope(huge)).statusCode()).isEqualTo(422);
    assertThat(FACE.post(TP2, envelope(PAGE.replace("shop-key", "none"))).statusCode())
        .isEqualTo(401);
  }

  @Test
  void post_overloadOrOutage_is503() {
    for (var reason : List.of(Refused.Reason.OVERLOADED, Refused.Reason.UNAVAILABLE)) {
      FACE.store = accept -> Future.failedFuture(new Refused(reason, "later"));
      var response = FACE.post(TP2, envelope(PAGE));
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(FACE.get("/i?e=pv&aid=shop-key&duid=d").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void post_largeEvent_asTrackersMaySendIt_isTaken() {
    var url = "https://shop.test/" + "x".repeat(15_000);
    assertThat(FACE.post(TP2, envelope(PAGE.replace("https://shop.test/a", url))).statusCode())
        .isEqualTo(200);
  }

  // ---- keys

  @Test
  void key_appIdOfEachEvent_namesItsSite() {
    var other = PAGE.replace("shop-key", "shut-key");
    var unknown = PAGE.replace("shop-key", "none");
    assertThat(FACE.post(TP2, envelope(PAGE, other, unknown)).statusCode()).isEqualTo(200);
    assertThat(List.of(FACE.event().site(), FACE.event().site()))
        .containsExactlyInAnyOrder("shop", "shut");
    FACE.post(TP2, envelope(other, unknown), "X-Write-Key", "shop-key");
    assertThat(FACE.accept().events())
        .hasSize(2)
        .allSatisfy(one -> assertThat(one.event().site()).isEqualTo("shop"));
  }

  @Test
  void key_userId_isBelievedAsOnEveryWay() {
    var identified = PAGE.replace("{", "{\"uid\":\"u\",");
    FACE.post(TP2, envelope(identified));
    assertThat(FACE.event().subject().user()).isEqualTo(IDS.user("shop", "u"));
    FACE.post(TP2, envelope(identified.replace("shop-key", "shut-key")));
    var event = FACE.event();
    assertThat(event.subject().user()).isNull();
    assertThat(event.flags()).contains("unverified");
  }

  // ---- pixels

  @ParameterizedTest
  @ValueSource(strings = {"/i", "/ice.png"})
  void get_fieldsInTheQuery_areAnEventAndAPicture(String path) {
    var ue =
        packed(
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\",\"data\":"
                + "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1\",\"data\":{\"targetUrl\":\"https://x.test\"}}}");
    var query =
        "?e=ue&aid=shop-key&duid=d&eid=m&ue_px=" + ue + "&url=" + encoded("https://a.test/?b=c d");
    var response = FACE.get(path + query);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).startsWith("GIF89a");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("image/gif");
    assertThat(response.headers().firstValue("Cache-Control").orElse("")).contains("no-cache");
    assertThat(FACE.event().name()).isEqualTo("Link Clicked");
    var head = FACE.send("HEAD", path + query, "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(FACE.get(path + "?e=pv&aid=none").statusCode()).isEqualTo(401);
    assertThat(FACE.get(path + "?e=zz&aid=shop-key").statusCode()).isEqualTo(400);
  }

  // ---- cookies and credentials

  private static String cookie(String device) {
    return "mq_id=" + new VisitorCookie(IngestRig.SECRET).sign("shop", device);
  }

  @Test
  void cookie_ofTheVisitor_isReadAndGiven() {
    var response = FACE.post(TP2, envelope(PAGE));
    assertThat(response.headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("mq_id=")
        .contains("HttpOnly");
    FACE.reset();
    FACE.post(TP2, envelope(PAGE), "Cookie", cookie("c"));
    assertThat(FACE.event().subject().otherDevice()).isEqualTo(IDS.device("shop", "c"));
  }

  @Test
  void cookie_spAnonymous_isNeitherReadNorGiven() {
    var response = FACE.post(TP2, envelope(PAGE), "Cookie", cookie("c"), "SP-Anonymous", "*");
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(FACE.event().subject().otherDevice()).isNull();

    var nobody = PAGE.replace("\"duid\":\"d\",", "\"nuid\":\"n\",");
    assertThat(
            FACE.post(TP2, envelope(nobody), "Cookie", cookie("c"), "SP-Anonymous", "*")
                .statusCode())
        .isEqualTo(200);
    var event = FACE.event();
    assertThat(event.flags()).contains("nobody", "denied");
    assertThat(event.subject().keys()).containsOnlyNulls();
  }

  /** A server's request says nothing of its visitor: neither cookie nor user agent count. */
  @Test
  void server_platform_hasNoBrowser() {
    var response =
        FACE.post(
            TP2,
            envelope(PAGE.replace("\"web\"", "\"srv\"")),
            "Cookie",
            cookie("c"),
            "User-Agent",
            "SomeBot/1");
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
    var event = FACE.event();
    assertThat(event.flags()).isEmpty();
    assertThat(event.subject().otherDevice()).isNull();
    assertThat(event.object("context")).doesNotContainKey("userAgent");
  }

  @ParameterizedTest
  @ValueSource(strings = {TP2, "/com.acme/track", "/i"})
  void cors_anyOrigin_maySendWithCredentials(String path) {
    var preflight = FACE.send("OPTIONS", path, "", "Origin", "https://any.test");
    assertThat(preflight.statusCode() / 100).isEqualTo(2);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://any.test");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials")).hasValue("true");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Content-Type", "SP-Anonymous");
  }
}
