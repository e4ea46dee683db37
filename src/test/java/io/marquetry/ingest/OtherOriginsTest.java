package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins that send beacons. */
class OtherOriginsTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());

  @Test
  void cors_anyOrigin_mayReadTheAnswerAndOnlyOurOwnWithCredentials() {
    var own = FACE.postWithKey("/v1/page", PAGE, "Origin", "https://shop.example");
    assertThat(own.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://shop.example");
    assertThat(own.headers().firstValue("Access-Control-Allow-Credentials")).hasValue("true");
    for (var origin :
        List.of("https://evil.example", "null", "https://shop.example.evil.example")) {
      for (var response :
          List.of(
              FACE.postWithKey("/v1/page", PAGE, "Origin", origin),
              FACE.postWithKey("/v1/page", "poison", "Origin", origin),
              FACE.postWithKey("/v1/page", " ".repeat(600_000), "Origin", origin),
              FACE.get("/v1/projects/shop-key/settings", "Origin", origin))) {
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(response.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/t", "/v1/batch", "/beacon/v1/batch"})
  void cors_preflight_isAnswered(String path) {
    var response = FACE.send("OPTIONS", path, "", "Origin", "https://shop.example");
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Authorization", "Content-Type", "X-Write-Key");
    assertThat(response.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("POST");
  }
}
