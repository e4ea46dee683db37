package io.marquetry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.Json;
import io.marquetry.testkit.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The real client of the bridge protocol, from the npm registry, against a running server. */
class BridgeClientTest {
  private static final Path HOME = Path.of("src", "test", "js", "bridge");

  @Test
  void realClient_everythingItCanDo_isAnsweredOrRefused() throws Exception {
    assertThat(run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")).isNotNull();
    try (var console = new ConsoleRig(TestPostgres.freshDatabase()).start()) {
      var token = console.adminToken();
      console.ok(token, "segments.put", "{'key':'vip','condition':{'traits.plan':'vip'}}");

      var found = findings(run("node", "drive.mjs", console.url(), token, "vip"));

      assertThat(String.valueOf(found.get("withoutLogin"))).contains("code=unauthorized");
      assertThat(String.valueOf(found.get("withHeader"))).contains("key=vip").contains("size=0");
      assertThat(found.get("afterHeader")).isEqualTo(1L);
      assertThat(found.get("withCookie")).isEqualTo(1L);
      assertThat(String.valueOf(found.get("refused"))).contains("code=invalid").contains("field=");
      assertThat(found.get("nullBody")).isEqualTo("number");
      assertThat(found.get("feed")).isEqualTo(3L);
      assertThat(found.get("forgedHeader")).isEqualTo(1L);
      assertThat(found.get("refusals"))
          .isEqualTo(List.of("access_denied", "access_denied", "rejected"));
    }
  }

  private static Map<String, Object> findings(String output) {
    var lines = output.strip().lines().toList();
    return Json.readOwn(lines.getLast());
  }

  private static String run(String... command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command).directory(HOME.toFile()).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(output).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + output).isZero();
    return output;
  }
}
