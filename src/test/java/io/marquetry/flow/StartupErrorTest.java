package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot succeed ends in one line that says what to do, and a code that is not 0. */
@Tag("server")
class StartupErrorTest {
  private static final long SECONDS = 60;

  @TempDir Path directory;

  private String failure(int code, Map<String, String> environment, String... arguments) {
    var all = new ArrayList<>(List.of("--data", directory.resolve("data").toString()));
    all.addAll(List.of(arguments));
    var process = ServerProcess.start(all, environment);
    assertThat(process.awaitExit(SECONDS)).as(process.logs()).isEqualTo(code);
    assertThat(process.out()).isEmpty();
    var lines = process.errors().stream().filter(line -> !line.startsWith("{")).toList();
    assertThat(lines).as(process.logs()).hasSize(1);
    return lines.getFirst();
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  @Test
  void flag_unknown_isNamed() {
    assertThat(failure(2, Map.of(), "--prot", "8080")).startsWith("marquetry: ").contains("--prot");
  }

  @Test
  void flag_wrongValue_isNamed() {
    assertThat(failure(2, Map.of(), "--port", "http")).contains("--port").contains("http");
  }

  @Test
  void variable_unknown_isNamed() {
    assertThat(failure(2, Map.of("MARQUETRY_PROT", "1"))).contains("MARQUETRY_PROT");
  }

  @Test
  void config_unknownKey_isNamed() throws IOException {
    assertThat(failure(2, Map.of(), "--config", file("config.json", "{\"prot\": 8080}")))
        .contains("prot");
  }

  @Test
  void config_missing_isNamed() {
    assertThat(failure(2, Map.of(), "--config", "/nowhere/config.json"))
        .contains("/nowhere/config.json");
  }

  @Test
  void verticles_unknownName_isNamed() throws IOException {
    var file = file("verticles.json", "{\"verticles\":[{\"verticle\":\"ingset\"}]}");
    assertThat(failure(1, Map.of(), "--verticles", file)).contains("ingset").contains("ingest");
  }

  @Test
  void verticles_unknownSetting_isNamed() throws IOException {
    var text =
        "{\"verticles\":[{\"verticle\":\"catalogue\"},"
            + "{\"verticle\":\"ingest\",\"config\":{\"maxBatches\":1}}]}";
    assertThat(failure(1, Map.of(), "--verticles", file("verticles.json", text)))
        .contains("maxBatches");
  }

  @Test
  void port_taken_isNamed() throws IOException {
    try (var holder = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var port = Integer.toString(holder.getLocalPort());
      assertThat(failure(1, Map.of(), "--no-demo", "--port", port))
          .contains(port)
          .contains("taken");
    }
  }

  @Test
  void data_ofARunningServer_isNamed() {
    try (var server = RunningServer.with().noDemo().start()) {
      var process =
          ServerProcess.start(List.of("--port", "0", "--data", server.data().toString()), Map.of());
      assertThat(process.awaitExit(SECONDS)).isEqualTo(1);
      assertThat(process.errors().getLast())
          .contains(server.data().toString())
          .contains("pid " + server.process().pid());
      server.get("/health/live").expect(200);
    }
  }

  @Test
  void data_notWritable_isNamed() throws IOException {
    var file = file("data", "a file, not a directory");
    assertThat(failure(1, Map.of())).contains(file);
  }
}
