package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.Json;
import io.marquetry.platform.StartupProblem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Public paths under other names, as configuration gives them. */
class RenamedPathsTest {
  private static final String PAGE = "{\"anonymousId\":\"a\",\"type\":\"page\"}";
  private static final String BATCH = "{\"writeKey\":\"shop-key\",\"batch\":[" + PAGE + "]}";

  private static Map<String, Object> paths(String... pairs) {
    var paths = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      paths.put(pairs[i], pairs[i + 1]);
    }
    return Map.of("paths", paths);
  }

  @Test
  void renamed_paths_areFoundUnderTheirNewNameAlone() {
    var renamed =
        paths(
            "/v1", "/shop/data", "/v1/batch", "/in", "/beacon/v1/batch", "/later", "/pixel", "/p");
    try (var face = new FaceRig(renamed, Map.of())) {
      assertThat(face.post("/in", BATCH).statusCode()).isEqualTo(200);
      assertThat(face.post("/v1/batch", BATCH).statusCode()).isEqualTo(404);
      assertThat(face.post("/shop/data/batch", BATCH).statusCode()).isEqualTo(404);
      assertThat(face.post("/shop/data/page", PAGE, "X-Write-Key", "shop-key").statusCode())
          .isEqualTo(200);
      assertThat(face.post("/v1/page", PAGE, "X-Write-Key", "shop-key").statusCode())
          .isEqualTo(404);
      assertThat(face.post("/later?writeKey=shop-key", BATCH).statusCode()).isEqualTo(200);
      assertThat(face.get("/p/v1/page?writeKey=shop-key&anonymousId=a").statusCode())
          .isEqualTo(200);
      assertThat(face.send("OPTIONS", "/in", "").statusCode()).isEqualTo(204);
      assertThat(face.post("/api/s/page", PAGE, "X-Write-Key", "shop-key").statusCode())
          .isEqualTo(200);
      assertThat(face.taken).hasSize(5);
    }
  }

  /** Unmodified clients of analytics.js follow what the settings say. */
  @Test
  @SuppressWarnings("unchecked")
  void renamed_letters_areInTheSettings() {
    var renamed = paths("/v1/t", "/e/t", "/v1/p", "/e/p", "/v1/projects", "/cdn/projects");
    try (var face = new FaceRig(renamed, Map.of())) {
      var settings = Json.readOwn(face.get("/cdn/projects/shop-key/settings").body());
      var segment =
          ((Map<String, Map<String, Object>>) settings.getOrDefault("integrations", Map.of()))
              .getOrDefault("Segment.io", Map.of());
      assertThat(segment)
          .containsEntry("apiHost", face.base.substring("http://".length()) + "/e")
          .containsEntry("apiKey", "shop-key");
      assertThat(face.post("/e/p", PAGE, "X-Write-Key", "shop-key").statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/nothing | /x | there is nothing at /v1/nothing",
        "/v1/batch | /v1/b | would both be /v1/b",
        "v1/batch | /x | is no path",
        "/v1/batch | /x/ | is no path",
        "/v1/batch | /x?y | is no path",
        "/v1/batch | /:x | is no path",
      })
  void renamed_wrongly_stopsTheStartNamingIt(String path, String name, String problem) {
    assertThatThrownBy(() -> new FaceRig(paths(path, name), Map.of()))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining(problem);
  }
}
