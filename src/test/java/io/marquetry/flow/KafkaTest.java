package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.KafkaBroker;
import io.marquetry.testkit.KafkaTopic;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.RunningServer.Setup;
import io.marquetry.testkit.ServerProcess;
import io.marquetry.testkit.Until;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server with its event log on Kafka: it works as ever, and survives what may happen to it. */
@Tag("server")
@Tag("kafka")
class KafkaTest {
  private static final int BETWEEN = 250;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;

  static Setup on(String bootstrap, String prefix) {
    return RunningServer.with()
        .config(
            """
            {"log": {"backend": "kafka", "kafka": {"bootstrap": "%s", "prefix": "%s"}}}"""
                .formatted(bootstrap, prefix));
  }

  private static void goOn(Load load) {
    int before = load.acknowledgedCount();
    Until.until(
        "beacons are acknowledged", PATIENCE, () -> load.acknowledgedCount() >= before + BETWEEN);
  }

  @Test
  void beacons_logOnKafka_moveTheNextPageAndOutliveARestart() {
    var broker = KafkaBroker.shared();
    var topic = new KafkaTopic(broker.bootstrap(), "flow1.events");
    try (var server = on(broker.bootstrap(), "flow1.").start()) {
      var visitor = server.visitor().accepts();
      visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
      assertThat(server.count("select count(*) from event_log")).isZero();
      assertThat(EventLog.read(topic)).hasSize(3);
      var status = server.admin("system.status", Map.of());
      assertThat(status.text("log.backend")).isEqualTo("kafka");
      assertThat(status.number("log.applied")).isEqualTo(status.number("log.position"));
      var again = page("/").by(visitor.deviceId());
      visitor.send(again).expect(200);
      server.kill9();
      server.restart();
      visitor.send(again).expect(200);
      assertThat(EventLog.read(topic)).as("sent twice, there once").hasSize(4);
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
      assertThat(server.profile("anonymous:" + visitor.deviceId()).number("events")).isEqualTo(4);
    }
  }

  /** The broker dies and comes back, three times, and once it only hangs. */
  @Test
  void broker_killedUnderLoad_losesAndDoublesNothing() {
    try (var broker = KafkaBroker.startOwn();
        var server = CrashCheck.granting(on(broker.bootstrap(), "bounce."));
        var load = new Load(server, 141)) {
      var topic = new KafkaTopic(broker.bootstrap(), "bounce.events");
      for (int bounce = 0; bounce < 3; bounce++) {
        goOn(load);
        broker.kill9();
        Until.until("the health answer says so", () -> closed(server));
        broker.restart();
      }
      goOn(load);
      broker.freeze();
      Until.until("the health answer says so", () -> closed(server));
      assertThat(server.get("/").status()).as("pages need no log").isEqualTo(200);
      broker.thaw();
      goOn(load);
      load.finish();
      assertThat(load.statuses()).isSubsetOf(200, 429, 503).contains(503);
      assertThat(load.withoutRetryAfter()).isZero();
      CrashCheck.check(server, load, () -> EventLog.read(topic));
      server.stop();
      server.restart();
      CrashCheck.check(server, load, () -> EventLog.read(topic));
    }
  }

  private static boolean closed(RunningServer server) {
    var health = server.get("/health/ready");
    return health.status() == 503
        && health
            .text("components.ingest")
            .equals("closed: the event log on Kafka does not answer");
  }

  /** Server, PostgreSQL and broker die in turns: what each knows of the log never parts. */
  @Test
  void everybody_killedInTurns_losesAndDoublesNothing() {
    try (var broker = KafkaBroker.startOwn();
        var server = CrashCheck.granting(on(broker.bootstrap(), "turns."));
        var load = new Load(server, 142)) {
      var topic = new KafkaTopic(broker.bootstrap(), "turns.events");
      goOn(load);
      server.kill9();
      server.restart();
      goOn(load);
      server.postgres().kill9();
      goOn(load);
      broker.kill9();
      broker.restart();
      goOn(load);
      server.kill9();
      broker.kill9();
      broker.restart();
      server.restart();
      goOn(load);
      load.finish();
      CrashCheck.check(server, load, () -> EventLog.read(topic));
    }
  }

  @Test
  void start_noBroker_saysWhatToDo() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    var environment =
        Map.of("MARQUETRY_LOG_BACKEND", "kafka", "MARQUETRY_KAFKA_BOOTSTRAP", "127.0.0.1:" + free);
    var process =
        ServerProcess.start(
            List.of("--port", "0", "--data", directory.resolve("data").toString()), environment);
    assertThat(process.awaitExit(60)).as(process.logs()).isEqualTo(1);
    var lines = process.errors().stream().filter(line -> !line.startsWith("{")).toList();
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .startsWith("marquetry: the event log is to be on Kafka at 127.0.0.1:" + free)
        .contains("log.kafka.bootstrap")
        .contains("start the broker");
  }
}
