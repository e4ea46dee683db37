package io.marquetry.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static Options parse(String... arguments) {
    return Options.parse(List.of(arguments), Map.of());
  }

  @Test
  void parse_fileAlone_isTheRestByDefault() {
    var options = parse("log.csv");
    assertThat(options.file()).isEqualTo(Path.of("log.csv"));
    assertThat(options.url()).hasToString("http://localhost:8080");
    assertThat(options.writeKey()).isEqualTo("demo");
    assertThat(options.shift()).isTrue();
    assertThat(options.rate()).isZero();
    assertThat(options.speed()).isZero();
  }

  @Test
  void parse_everything_isTaken() {
    var options =
        Options.parse(
            List.of(
                "--rate",
                "500",
                "--speed=2.5",
                "--no-shift",
                "--url",
                "https://x.example:1/",
                "--create-site",
                "s",
                "--format",
                "weblog",
                "--write-key=k",
                "log"),
            Map.of("MARQUETRY_ADMIN_PASSWORD", "p"));
    assertThat(options.rate()).isEqualTo(500);
    assertThat(options.speed()).isEqualTo(2.5);
    assertThat(options.shift()).isFalse();
    assertThat(options.url()).hasToString("https://x.example:1");
    assertThat(options.createSite()).isEqualTo("s");
    assertThat(options.format()).isEqualTo("weblog");
    assertThat(options.writeKey()).isEqualTo("k");
    assertThat(options.adminPassword()).isEqualTo("p");
  }

  @Test
  void parse_wrong_namesWhatIsWrong() {
    assertMisuse("which log");
    assertMisuse("one file at a time", "a", "b");
    assertMisuse("--rate", "a", "--rate", "fast");
    assertMisuse("--rate", "a", "--rate", "-1");
    assertMisuse("--speed", "a", "--speed", "NaN");
    assertMisuse("--url", "a", "--url", "localhost:8080");
    assertMisuse("--url", "a", "--url", "ftp://x");
    assertMisuse("--rte", "a", "--rte", "5");
    assertMisuse("needs a value", "a", "--rate");
    assertMisuse("known are json, taobao", "a", "--format", "xml");
    assertMisuse("MARQUETRY_ADMIN_PASSWORD", "a", "--create-site", "s");
  }

  private static void assertMisuse(String text, String... arguments) {
    assertThatThrownBy(() -> parse(arguments))
        .isInstanceOf(Misuse.class)
        .hasMessageContaining(text);
  }
}
