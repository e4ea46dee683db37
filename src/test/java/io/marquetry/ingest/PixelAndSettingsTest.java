package io.marquetry.ingest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.EventType;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is asked of ingest by GET: pixels, and the settings of analytics.js. */
class PixelAndSettingsTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());

  @Test
  @SuppressWarnings("unchecked")
  void settings_knownKey_sendAnalyticsJsHere() {
    var response = FACE.get("/v1/projects/shop-key/settings");
    assertThat(response.statusCode()).isEqualTo(200);
    var integrations = (Map<String, Object>) FaceRig.json(response).get("integrations");
    assertThat((Map<String, Object>) requireNonNull(integrations).get("Segment.io"))
        .containsEntry("apiKey", "shop-key")
        .containsEntry("apiHost", FACE.base.substring("http://".length()) + "/v1")
        .containsEntry("protocol", "http");
    var secure = FACE.get("/v1/projects/shop-key/settings", "X-Forwarded-Proto", "https");
    assertThat(secure.body()).contains("\"protocol\":\"https\"");
    assertThat(FACE.get("/v1/projects/nonsense/settings").statusCode()).isEqualTo(404);
  }

  @Test
  void pixel_knownKey_countsAndIsAnImage() {
    var response =
        FACE.get(
            "/pixel/v1/track?writeKey=shop-key&anonymousId=a&event=Email%20Opened&messageId=m");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("image/gif");
    assertThat(response.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    assertThat(response.body()).startsWith("GIF89a");
    assertThat(FACE.event().name()).isEqualTo("Email Opened");
    assertThat(FACE.get("/pixel/v1/page?writeKey=shop-key&anonymousId=a").statusCode())
        .isEqualTo(200);
    assertThat(FACE.event().type()).isEqualTo(EventType.PAGE);
  }

  @Test
  void pixel_badKeyOrPoison_isRefused() {
    assertThat(FACE.get("/pixel/v1/page?anonymousId=a").statusCode()).isEqualTo(401);
    assertThat(FACE.get("/pixel/v1/track?writeKey=shop-key&anonymousId=a").statusCode())
        .isEqualTo(400);
  }
}
