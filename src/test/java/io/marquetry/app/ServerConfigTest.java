package io.marquetry.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
  @TempDir Path directory;

  private static ServerConfig read(Map<String, String> environment, String... arguments) {
    return ServerConfig.read(List.of(arguments), environment);
  }

  private String file(String json) throws IOException {
    return Files.writeString(directory.resolve("config.json"), json).toString();
  }

  @Test
  void read_nothingSaid_defaults() {
    var config = read(Map.of());
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(8080);
    assertThat(config.demo()).isTrue();
  }

  @Test
  void read_fileEnvironmentFlag_theLaterWins() throws IOException {
    var file = file("{\"port\": 1, \"host\": \"::1\", \"demo\": false}");
    var config = read(Map.of("MARQUETRY_PORT", "2"), "--config", file, "--port=3");
    assertThat(config.port()).isEqualTo(3);
    assertThat(config.host()).isEqualTo("::1");
    assertThat(config.demo()).isFalse();
    assertThat(read(Map.of("MARQUETRY_PORT", "2"), "--config", file).port()).isEqualTo(2);
  }

  @Test
  void read_wrongInput_namesWhatIsWrong() throws IOException {
    assertProblem("unknown flag --prot", Map.of(), "--prot", "1");
    assertProblem("--port needs a value", Map.of(), "--port");
    assertProblem("--port is 'x'", Map.of(), "--port", "x");
    assertProblem("port is 70000", Map.of(), "--port", "70000");
    assertProblem("MARQUETRY_PROT", Map.of("MARQUETRY_PROT", "1"));
    assertProblem("does not exist", Map.of(), "--config", "absent.json");
    assertProblem("prot is unknown", Map.of(), "--config", file("{\"prot\": 1}"));
    assertProblem("secret", Map.of(), "--config", file("{\"adminPassword\": \"x\"}"));
    assertProblem("malformed JSON", Map.of(), "--config", file("{"));
  }

  private static void assertProblem(
      String text, Map<String, String> environment, String... arguments) {
    assertThatThrownBy(() -> read(environment, arguments))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining(text);
  }
}
