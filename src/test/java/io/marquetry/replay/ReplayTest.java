package io.marquetry.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.marquetry.platform.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a server that answers what the test says. */
class ReplayTest {
  @TempDir Path folder;

  private final ArrayDeque<Answer> answers = new ArrayDeque<>();
  private final List<Map<String, Object>> received = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private HttpServer server;

  private record Answer(int status, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/batch", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    var body = Json.readOwn(exchange.getRequestBody().readAllBytes());
    var answer = answers.isEmpty() ? new Answer(200, "{\"success\":true}") : answers.remove();
    if (answer.status() != 429 && answer.status() != 503) {
      received.add(body);
      keys.add(exchange.getRequestHeaders().getFirst("X-Write-Key"));
    }
    var bytes = answer.body().getBytes(UTF_8);
    exchange.getResponseHeaders().add("Retry-After", "0");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private void answerWith(int status, String body) {
    answers.add(new Answer(status, body.replace('\'', '"')));
  }

  private Path log(int events) throws IOException {
    var text = new StringBuilder("visitor,item,category,event,timestamp_s\n");
    for (int i = 0; i < events; i++) {
      text.append("%d,10,5,view,%d\n".formatted(i % 7, 1_511_658_000 + i));
    }
    return Files.writeString(folder.resolve("log.csv"), text);
  }

  private int replay(Path file, String... more) throws InterruptedException {
    var arguments = new ArrayList<>(List.of(file.toString()));
    arguments.addAll(List.of("--url", "http://127.0.0.1:" + server.getAddress().getPort()));
    arguments.addAll(List.of(more));
    return Replay.run(arguments, Map.of(), new PrintStream(printed, true, UTF_8), false);
  }

  private String printed() {
    return printed.toString(UTF_8).replaceAll(" +", " ");
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> calls() {
    var calls = new ArrayList<Map<String, Object>>();
    received.forEach(
        body -> calls.addAll((List<Map<String, Object>>) body.getOrDefault("batch", List.of())));
    return calls;
  }

  @Test
  void replay_log_isSentInOrderInBatches() throws Exception {
    assertThat(replay(log(250), "--write-key", "k")).isZero();
    assertThat(received).hasSize(3);
    assertThat(keys).containsOnly("k");
    var times =
        calls().stream().map(call -> Instant.parse(String.valueOf(call.get("timestamp")))).toList();
    assertThat(times).hasSize(250).isSorted();
    assertThat(printed())
        .contains("log 250 events of 7 visitors")
        .contains("accepted 250")
        .contains("100 % 250 of 250 events");
  }

  @Test
  void replay_times_endNowUnlessTold() throws Exception {
    var before = Instant.now();
    replay(log(3));
    var last = Instant.parse(String.valueOf(calls().getLast().get("timestamp")));
    assertThat(last).isBetween(before.minusMillis(1), Instant.now());
    var first = Instant.parse(String.valueOf(calls().getFirst().get("timestamp")));
    assertThat(last.getEpochSecond() - first.getEpochSecond()).isEqualTo(2);
    received.clear();
    replay(log(3), "--no-shift");
    assertThat(calls().getFirst()).containsEntry("timestamp", "2017-11-26T01:00:00Z");
  }

  @Test
  void replay_serverSaysLater_isSentAgain() throws Exception {
    answerWith(429, "{}");
    answerWith(503, "no JSON");
    assertThat(replay(log(5))).isZero();
    assertThat(calls()).hasSize(5);
    assertThat(printed()).contains("accepted 5", "2 retries");
  }

  @Test
  void replay_verdicts_areCountedAndRefusalsAreNoSuccess() throws Exception {
    answerWith(
        200,
        "{'success':true,'duplicates':2,'aggregateOnly':1,'unverified':4,'rejected':[{'code':'too_long'},{'code':'too_long'},{'code':'bad_timestamp'}]}");
    assertThat(replay(log(10))).isEqualTo(1);
    assertThat(printed())
        .contains("accepted 4", "duplicates 2", "aggregated 1", "refused 3")
        .contains("too_long 2", "bad_timestamp 1", "unverified 4");
  }

  @Test
  void replay_beaconRefusedWhole_isCounted() throws Exception {
    answerWith(400, "{'error':{'code':'malformed'}}");
    assertThat(replay(log(150))).isEqualTo(1);
    assertThat(printed()).contains("refused 100", "malformed 100", "accepted 50");
  }

  @Test
  void replay_unknownKey_isMisuse() throws Exception {
    answerWith(401, "{}");
    assertThat(replay(log(1))).isEqualTo(2);
  }

  @Test
  void replay_damagedLines_areNoSuccess() throws Exception {
    var file = Files.writeString(folder.resolve("l.jsonl"), "{\"type\":\"page\"}\n{oops\n");
    assertThat(replay(file)).isEqualTo(1);
    assertThat(printed()).contains("accepted 1", "damaged 1");
  }

  @Test
  void replay_noFile_isMisuse() throws Exception {
    assertThat(replay(folder.resolve("absent.csv"))).isEqualTo(2);
  }

  @Test
  void replay_brokenOrEmptyFile_isMisuse() throws Exception {
    var broken = Files.write(folder.resolve("b.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertThat(replay(broken)).isEqualTo(2);
    assertThat(replay(Files.writeString(folder.resolve("e.csv"), "user,item,event\n")))
        .isEqualTo(2);
    assertThat(replay(folder)).isEqualTo(2);
    assertThat(received).isEmpty();
  }

  @Test
  void replay_noServer_failsSoon() throws Exception {
    server.stop(0);
    long began = System.nanoTime();
    assertThat(replay(log(3))).isEqualTo(1);
    assertThat(System.nanoTime() - began).isLessThan(10_000_000_000L);
    assertThat(printed()).contains("accepted 0", "lost 3 without an answer");
  }

  /** As the script starts it: with nobody at a terminal. */
  @Test
  void main_wronglyCalled_saysSoInOneLineAndExitsWith2() throws Exception {
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Replay.class.getName(),
                folder.resolve("absent.gz").toString())
            .redirectErrorStream(true)
            .start();
    child.getOutputStream().close();
    var said = new String(child.getInputStream().readAllBytes(), UTF_8);
    assertThat(child.waitFor()).isEqualTo(2);
    assertThat(said.strip().lines()).singleElement().asString().contains("absent.gz");
  }

  @Test
  void replay_mostlyCounted_saysWhatToDo() throws Exception {
    answerWith(200, "{'success':true,'aggregateOnly':5}");
    assertThat(replay(log(5))).isZero();
    assertThat(printed()).contains("--create-site");
  }

  @Test
  void pace_rateAndSpeed_theSlowerCounts() {
    var event = new Recorded(61_000, Map.of());
    assertThat(new Pace(0, 0, 1_000).due(99, event)).isZero();
    assertThat(new Pace(100, 0, 1_000).due(200, event)).isEqualTo(2_000_000_000L);
    assertThat(new Pace(0, 10, 1_000).due(200, event)).isEqualTo(6_000_000_000L);
    assertThat(new Pace(100, 10, 1_000).due(200, event)).isEqualTo(6_000_000_000L);
    assertThat(new Pace(1, 10, 1_000).due(200, event)).isEqualTo(200_000_000_000L);
    assertThat(new Pace(1_000, 0, 0).due(49, event)).as("due together").isZero();
    assertThat(new Pace(0, 10, 0).due(5, new Recorded(Recorded.NO_TIME, Map.of()))).isZero();
  }

  @Test
  void replay_rate_isKept() throws Exception {
    long began = System.nanoTime();
    assertThat(replay(log(60), "--rate", "100")).isZero();
    assertThat(System.nanoTime() - began).isGreaterThan(500_000_000L);
    assertThat(received).as("sent before each wait").hasSizeGreaterThan(1);
  }

  @Test
  void progress_terminal_isABarOnOneLine() {
    var out = new PrintStream(printed, true, UTF_8);
    var progress = new Progress(out, true, 200, 0);
    progress.at(100, 1_000_000_000L);
    progress.at(101, 1_000_000_001L);
    progress.at(200, 2_000_000_000L);
    progress.end();
    assertThat(printed())
        .contains(
            "\r[###############...............] 50 % 100 of 200 events, 100 a second, 1 s left")
        .doesNotContain("101 of")
        .contains("[##############################] 100 % 200 of 200 events, 100 a second")
        .hasLineCount(1 + 2);
  }
}
