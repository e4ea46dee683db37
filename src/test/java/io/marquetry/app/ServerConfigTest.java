package io.marquetry.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.LogSettings;
import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  @Test
  void read_logNotNamed_isInPostgres() throws IOException {
    assertThat(read(Map.of()).log().backend()).isEqualTo(LogSettings.Backend.POSTGRES);
    var file = file("{\"log\": {\"kafka\": {\"bootstrap\": \"a:1\"}}}");
    assertThat(read(Map.of(), "--config", file).log().backend())
        .isEqualTo(LogSettings.Backend.POSTGRES);
  }

  @Test
  void read_logOnKafka_takesDefaultsAndWhatIsSaid() throws IOException {
    var file =
        file(
            """
            {"log": {"backend": "kafka",
                     "kafka": {"bootstrap": "a:1,b:2", "partitions": 12, "replication": 3,
                               "retention": "P7D", "compression": "zstd"}}}""");
    var kafka = read(Map.of(), "--config", file).log().kafka();
    assertThat(kafka.bootstrap()).isEqualTo("a:1,b:2");
    assertThat(kafka.partitions()).isEqualTo(12);
    assertThat(kafka.minInSync()).as("one of three may be away").isEqualTo(2);
    assertThat(kafka.retention()).isEqualTo(Duration.ofDays(7));
    assertThat(kafka.prefix()).isEqualTo("marquetry.");
    var moved = read(Map.of("MARQUETRY_KAFKA_BOOTSTRAP", "c:3"), "--config", file).log();
    assertThat(moved.kafka().bootstrap()).isEqualTo("c:3");
    assertThat(moved.kafka().partitions()).as("the rest of the file stands").isEqualTo(12);
    var back = read(Map.of("MARQUETRY_LOG_BACKEND", "postgres"), "--config", file).log();
    assertThat(back.backend()).isEqualTo(LogSettings.Backend.POSTGRES);
  }

  @Test
  void read_wrongLog_namesWhatIsWrong() throws IOException {
    assertProblem("log.backend is files", Map.of("MARQUETRY_LOG_BACKEND", "files"));
    assertProblem("log.kafka.bootstrap is missing", Map.of("MARQUETRY_LOG_BACKEND", "kafka"));
    assertProblem("log.bakend is unknown", Map.of(), "--config", file("{\"log\":{\"bakend\":1}}"));
    assertKafkaProblem("log.kafka.bootstap is unknown", "\"bootstap\": \"a:1\"");
    assertKafkaProblem("log.kafka.partitions is 0", "\"partitions\": 0");
    assertKafkaProblem("log.kafka.minInSync is 2", "\"minInSync\": 2");
    assertKafkaProblem("log.kafka.retention is 7", "\"retention\": \"7\"");
    assertKafkaProblem("log.kafka.compression is zip", "\"compression\": \"zip\"");
    assertKafkaProblem("log.kafka.prefix is a/b", "\"prefix\": \"a/b\"");
  }

  private void assertKafkaProblem(String text, String setting) throws IOException {
    var file = file("{\"log\": {\"kafka\": {" + setting + "}}}");
    assertProblem(text, Map.of(), "--config", file);
  }

  private static void assertProblem(
      String text, Map<String, String> environment, String... arguments) {
    assertThatThrownBy(() -> read(environment, arguments))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining(text);
  }
}
