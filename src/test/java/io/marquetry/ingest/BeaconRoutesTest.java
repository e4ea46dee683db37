package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.EventParser.Outcome.Parsed;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ways to ingest over real HTTP, and what is taken down of a request; whoever stores is faked.
 */
class BeaconRoutesTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());

  @ParameterizedTest
  @CsvSource({
    "track, track", "t, track", "page, page", "p, page", "screen, screen", "s, screen",
    "identify, identify", "i, identify", "group, group", "g, group", "alias, alias", "a, alias",
  })
  void single_everyPath_isAnEventOfItsType(String path, String type) {
    var body =
        "{\"writeKey\":\"shop-key\",\"anonymousId\":\"a\",\"userId\":\"u\",\"event\":\"e\",\"groupId\":\"g\",\"previousId\":\"p\"}";
    var response = FACE.post("/v1/" + path, body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(FaceRig.json(response)).isEqualTo(Map.of("success", true));
    var event = FACE.event();
    assertThat(event.type()).isEqualTo(EventType.of(type));
    assertThat(event.site()).isEqualTo("shop");
    assertThat(event.messageId()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"})
  void batch_everyPath_takesItsEvents(String path) {
    var response =
        FACE.post(path, "{\"batch\":[" + PAGE + "," + PAGE + "],\"writeKey\":\"shop-key\"}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(FACE.accept().events()).hasSize(2);
  }

  @Test
  void single_twoCallsWithoutIds_haveDifferentOnes() {
    FACE.postWithKey("/v1/page", "{\"anonymousId\":\"a\"}");
    FACE.postWithKey("/v1/page", "{\"anonymousId\":\"a\",\"messageId\":\"\"}");
    var first = FACE.event();
    var second = FACE.event();
    assertThat(first.messageId()).isNotBlank().isNotEqualTo(second.messageId());
    assertThat(second.messageId()).isNotBlank();
  }

  @Test
  void single_payload_parsesAgainToTheEvent() {
    FACE.postWithKey("/v1/page", " {\"anonymousId\":\"\u00fc\"}\n", "User-Agent", "Firefox/1");
    var incoming = FACE.accept().events().getFirst();
    var entry = Json.readOwn(incoming.payload());
    var parser = new EventParser(new Ids(IngestRig.SECRET));
    var again = LogEntry.parse(parser, "shop", incoming.event().receivedAt(), entry);
    assertThat(again).isEqualTo(new Parsed(incoming.event()));
  }

  @Test
  void request_userAgentPlaceAndOptOut_areTakenDown() {
    FACE.postWithKey(
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
    var incoming = FACE.accept().events().getFirst();
    assertThat(incoming.gpc()).isTrue();
    assertThat(incoming.event().object("context"))
        .containsEntry("userAgent", "Firefox")
        .containsEntry("geo", Map.of("country", "DE", "region", "BE"));
  }

  @Test
  void request_prefetchOrBot_isMarked() {
    FACE.postWithKey("/v1/page", PAGE, "Sec-Purpose", "prefetch;prerender");
    assertThat(FACE.event().flags()).containsExactly("bot");
    FACE.postWithKey("/v1/page", PAGE, "User-Agent", "Googlebot/2.1");
    assertThat(FACE.event().flags()).containsExactly("bot");
  }

  /** Clients count a redirect as delivered. */
  @Test
  void anyBeacon_isNeverRedirected() {
    var answers = new LinkedHashMap<String, Integer>();
    for (var path :
        List.of(
            "/v1/track/", "/v1//track", "/v1/batch/", "/V1/track", "/v1/unknown", "/v1/t?x=1")) {
      for (var body : List.of("", "{}", "x")) {
        answers.put(path + " " + body, FACE.postWithKey(path, body).statusCode());
      }
    }
    assertThat(answers.values()).allSatisfy(status -> assertThat(status / 100).isEqualTo(4));
  }
}
