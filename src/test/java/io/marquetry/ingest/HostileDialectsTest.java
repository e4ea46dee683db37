package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Input made to break readers, at every path where a foreign dialect is read: it is taken or turned
 * down, with a status that says so, and what is taken reads the same from the log.
 */
@Tag("real-data")
class HostileDialectsTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final String SNOWPLOW = "/com.snowplowanalytics.snowplow/tp2";
  private static final List<String> POSTS =
      List.of("/v1/merge", "/beacon/v1/batch", "/api/s/track", "/api/s/s2s/page", SNOWPLOW);
  private static final List<String> FIELDS =
      List.of(
          "e", "eid", "duid", "uid", "url", "page", "refr", "ua", "res", "tv", "dtm", "vid",
          "se_ac", "ue_pr", "ue_px", "cx");

  private static void assertDecided(int status, Object about) {
    assertThat(status).as("%s", about).isIn(200, 400, 401, 413, 422);
  }

  @Test
  void everyPath_hostileJson_isDecided() {
    for (var test : RealData.objects("hostile-input/json_parsing.json.gz")) {
      var body = RealData.base64(test, "base64");
      for (var path : POSTS) {
        var status = FACE.send("POST", path + "?writeKey=shop-key", body).statusCode();
        assertDecided(status, path + " " + test.get("name"));
      }
    }
  }

  /** Each hostile text in each field of a Snowplow event, posted and as a pixel. */
  @Test
  void snowplow_hostileTexts_areDecidedAndNobodyElsesHarm() {
    var texts = new ArrayList<String>();
    for (var text : RealData.texts("hostile-input/naughty_strings.json")) {
      texts.add(text);
    }
    for (var text : texts) {
      var events = new ArrayList<Map<String, Object>>();
      for (var field : FIELDS) {
        var event = new LinkedHashMap<String, Object>();
        event.put("e", field.startsWith("se") ? "se" : field.startsWith("ue") ? "ue" : "pv");
        event.put("duid", "d");
        event.put("aid", "shop-key");
        event.put(field, text);
        events.add(event);
      }
      events.add(Map.of("e", "pv", "duid", "good", "aid", "shop-key", "eid", "good"));
      var body =
          Json.write(
              Map.of(
                  "schema",
                  "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
                  "data",
                  events));
      var response = FACE.send("POST", SNOWPLOW, body);
      assertThat(response.statusCode()).as(text).isEqualTo(200);
      var accept = FACE.accept();
      assertThat(accept.events().size() + accept.rejected().size()).isEqualTo(events.size());
      assertThat(accept.events().getLast().event().messageId()).isEqualTo("good");
    }
  }

  @Test
  void pixels_hostileTexts_areDecided() {
    for (var text : RealData.texts("hostile-input/naughty_strings.json")) {
      var value = URLEncoder.encode(text, StandardCharsets.UTF_8);
      var packed = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
      for (var path :
          List.of(
              "/i?aid=shop-key&e=ue&duid=d&ue_px=" + packed + "&cx=" + value,
              "/i?aid=" + value + "&e=" + value,
              "/pixel/v1/track?writeKey=shop-key&anonymousId=a&event="
                  + value
                  + "&properties.x="
                  + value,
              "/pixel/v1/page?writeKey=shop-key&" + value + "=" + value)) {
        assertDecided(FACE.get(path).statusCode(), path);
      }
    }
  }
}
