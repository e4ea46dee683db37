package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Fetch;
import io.marquetry.testkit.NodeClients;
import io.marquetry.testkit.RunningServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Components one at a time, as caches and layouts take them. */
@Tag("server")
class ComponentsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();
  private static final Footer FOOTER = new Footer(SERVER);

  @BeforeAll
  static void define() {
    FOOTER.define("Since 1987");
  }

  private static HttpResponse<byte[]> get(String path, String... headers) {
    return Fetch.get(SERVER.base() + path, headers);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void component_sameForEverybody_mayBeKeptUntilItChanges() {
    var first = get("/mq/components/footer");
    assertThat(text(first))
        .contains("<footer>Since 1987</footer>", "data-mq-variant=\"only\"")
        .doesNotContain("data-mq-decision");
    assertThat(header(first, "Cache-Control")).isEqualTo("public, max-age=60");
    assertThat(header(first, "Set-Cookie")).isEmpty();
    var tag = header(first, "ETag");
    assertThat(get("/mq/components/footer", "If-None-Match", tag).statusCode()).isEqualTo(304);
    FOOTER.say("Since 1988");
    var changed = get("/mq/components/footer", "If-None-Match", tag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(text(changed)).contains("Since 1988");
    FOOTER.say("Since 1987");
  }

  @Test
  void component_personal_isNobodysToKeep() {
    var answer = get("/mq/components/hero?site=demo");
    assertThat(text(answer)).contains("data-mq-variant=\"brand\"", "data-mq-decision=");
    assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-store");
    assertThat(header(answer, "ETag")).isEmpty();
    assertThat(get("/mq/components/none").statusCode()).isEqualTo(404);
  }

  /** Podium's layout reads the manifest, then content and fallback, as it comes from npm. */
  @Test
  @Tag("clients")
  void podiumLayout_unchanged_composesOurComponents() {
    NodeClients.install();
    var composed = NodeClients.script("podium.mjs", SERVER.base(), "hero", "footer");
    assertThat(composed)
        .contains("data-mq-component=\"hero\"", "data-mq-variant=\"brand\"")
        .contains("<footer>Since 1987</footer>")
        .containsPattern("fallback: <mq-slot[^>]*data-mq-variant=\"only\"[^>]*><footer>Since 1987");
  }
}
