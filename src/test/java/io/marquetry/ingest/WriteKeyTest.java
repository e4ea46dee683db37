package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.kit.Ids;
import io.marquetry.platform.VisitorCookie;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may send to ingest, by the key they show and where they show it. */
class WriteKeyTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  @Test
  void key_inEveryPlace_opens() {
    assertThat(FACE.post("/v1/page", PAGE, "Authorization", FaceRig.basic("shop-key")).statusCode())
        .isEqualTo(200);
    assertThat(FACE.post("/v1/page", PAGE, "Authorization", "Bearer shop-server").statusCode())
        .isEqualTo(200);
    assertThat(FACE.post("/v1/page", PAGE, "X-Write-Key", "shop-key").statusCode()).isEqualTo(200);
    assertThat(FACE.post("/v1/page", PAGE, "X-Write-Key", "shop-key:secret").statusCode())
        .isEqualTo(200);
    assertThat(
            FACE.post("/beacon/v1/batch?writeKey=shop-key", "{\"batch\":[" + PAGE + "]}")
                .statusCode())
        .isEqualTo(200);
    assertThat(FACE.post("/v1/page", PAGE.replace("{", "{\"writeKey\":\"shop-key\",")).statusCode())
        .isEqualTo(200);
    assertThat(FACE.taken).hasSize(6);
  }

  /** analytics.js sends its key in both places, some clients an empty user name. */
  @Test
  void key_emptyInTheHead_isReadFromTheBody() {
    var body = PAGE.replace("{", "{\"writeKey\":\"shop-key\",");
    assertThat(FACE.post("/v1/page", body, "Authorization", FaceRig.basic("")).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "shop-keys"})
  void key_unknown_isRefused(String key) {
    for (var response :
        List.of(
            FACE.post("/v1/page", PAGE, "Authorization", FaceRig.basic(key)),
            FACE.post("/v1/page", PAGE, "X-Write-Key", key.isEmpty() ? " " : key),
            FACE.post("/v1/page?writeKey=" + key, PAGE),
            FACE.post("/v1/page", PAGE.replace("{", "{\"writeKey\":\"" + key + "\",")),
            FACE.post("/v1/page", "no JSON at all", "X-Write-Key", "nonsense"),
            FACE.post("/v1/page", PAGE))) {
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.body()).contains("unknown_key");
    }
    assertThat(FACE.taken).isEmpty();
  }

  @Test
  void key_ofAServer_speaksForUsersAndHasNoBrowser() {
    var body = "{\"userId\":\"u\",\"event\":\"e\"}";
    var cookie = new VisitorCookie(IngestRig.SECRET).sign("shut", "c");
    FACE.post(
        "/v1/track",
        body,
        "X-Write-Key",
        "shut-server",
        "User-Agent",
        "SomeBot/1",
        "Cookie",
        "mq_id=" + cookie);
    var event = FACE.event();
    assertThat(event.subject().user()).isEqualTo(IDS.user("shut", "u"));
    assertThat(event.subject().device()).isNull();
    assertThat(event.flags()).isEmpty();
    assertThat(FACE.post("/v1/track", body, "X-Write-Key", "shut-key").statusCode()).isEqualTo(400);
  }

  @Test
  void identify_untrusted_isTakenAndSaysSo() {
    var body = "{\"anonymousId\":\"a\",\"userId\":\"u\"}";
    var response = FACE.post("/v1/identify", body, "X-Write-Key", "shut-key");
    assertThat(FaceRig.json(response)).containsEntry("unverified", 1L);
    assertThat(FACE.event().subject().user()).isNull();
    var trusted = FACE.post("/v1/identify", body, "X-Write-Key", "shop-key");
    assertThat(FaceRig.json(trusted)).doesNotContainKey("unverified");
    assertThat(FACE.event().subject().user()).isNotNull();
  }
}
