package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a beacon may be packed in, and how large it may be. */
class BeaconBodyTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());

  private static byte[] gzip(String text) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
      })
  void body_anyContentType_isReadByWhatItIs(String type) {
    var big = PAGE.replace("{", "{\"traits\":{\"long\":\"" + "x&=%".repeat(5_000) + "\"},");
    assertThat(FACE.postWithKey("/v1/page", big, "Content-Type", type).statusCode()).isEqualTo(200);
    assertThat(FACE.event().subject().anonymousId()).isEqualTo("a");
  }

  @Test
  void body_gzip_isUnpackedWhateverTheHeaderSays() throws Exception {
    for (var header : new String[] {"gzip", "identity"}) {
      var response =
          FACE.send(
              "POST",
              "/v1/batch",
              gzip("{\"batch\":[" + PAGE + "]}"),
              "X-Write-Key",
              "shop-key",
              "Content-Encoding",
              header);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(FACE.event().messageId()).isEqualTo("m");
    }
  }

  @Test
  void body_gzipBomb_isTooLarge() throws Exception {
    var response =
        FACE.send("POST", "/v1/batch", gzip(" ".repeat(30 << 20)), "X-Write-Key", "shop-key");
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(FACE.taken).isEmpty();
  }

  @Test
  void body_beyondTheLimit_isTooLarge() {
    var response = FACE.postWithKey("/v1/batch", " ".repeat(512 * 1024));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("too_large");
    var justFits = "{\"batch\":[" + PAGE + "]" + " ".repeat(500 * 1024 - PAGE.length() - 12) + "}";
    assertThat(FACE.postWithKey("/v1/batch", justFits).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "hello", "[]", "null", "{\"a\":", "{\"a\":1,\"a\":2}", "\u0000"})
  void body_noJsonObject_isMalformed(String body) {
    for (var path : List.of("/v1/page", "/v1/batch")) {
      var response = FACE.postWithKey(path, body);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains("malformed");
    }
    assertThat(FACE.taken).isEmpty();
  }

  @Test
  void body_none_isMalformed() {
    var response = FACE.postWithKey("/v1/page", "");
    assertThat(response.statusCode()).isEqualTo(400);
  }

  @Test
  void batch_moreEventsThanAllowed_isRefusedWhole() {
    var body = "{\"batch\":[" + "{},".repeat(CallReader.MAX_CALLS) + "{}]}";
    var response = FACE.postWithKey("/v1/batch", body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("too_many");
  }

  @Test
  void event_beyondItsLimit_isRefusedAlone() {
    var huge = PAGE.replace("{", "{\"traits\":{\"x\":\"" + "x".repeat(33_000) + "\"},");
    var single = FACE.postWithKey("/v1/page", huge);
    assertThat(single.statusCode()).isEqualTo(413);
    assertThat(single.body()).contains("too_large");
    FACE.taken.clear();
    var batch = FACE.postWithKey("/v1/batch", "{\"batch\":[" + huge + "," + PAGE + "]}");
    assertThat(batch.statusCode()).isEqualTo(200);
    assertThat(batch.body()).contains("too_large");
    var accept = FACE.accept();
    assertThat(accept.events()).hasSize(1);
    assertThat(accept.rejected().getFirst().payload().length()).isLessThanOrEqualTo(32 * 1024);
  }
}
