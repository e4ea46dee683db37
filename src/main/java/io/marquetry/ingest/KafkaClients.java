package io.marquetry.ingest;

import io.marquetry.platform.LogSettings.Kafka;
import io.marquetry.platform.StartupProblem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.producer.KafkaProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes clients of Kafka that keep to what the log promises, whatever else is set for them.
 *
 * <p>Times are short: behind each call somebody waits who can be told to come again, and an answer
 * that comes late is worth nothing.
 */
final class KafkaClients {
  /** A record is written within this time or not at all; less than a commit may take. */
  private static final int WRITE_MILLIS = 4_000;

  private static final int REQUEST_MILLIS = 2_000;
  private static final int CALL_MILLIS = 4_000;
  private static final int RECORDS_A_POLL = 1_000;

  private static final Map<String, String> COMMON =
      Map.of(
          "request.timeout.ms", "" + REQUEST_MILLIS,
          "socket.connection.setup.timeout.ms", "1000",
          "socket.connection.setup.timeout.max.ms", "2000",
          "reconnect.backoff.ms", "50",
          "reconnect.backoff.max.ms", "500",
          "retry.backoff.ms", "50",
          "retry.backoff.max.ms", "500",
          "enable.metrics.push", "false");

  private static final Map<String, String> WRITER =
      Map.of(
          "acks", "all",
          "enable.idempotence", "true",
          "max.in.flight.requests.per.connection", "5",
          "delivery.timeout.ms", "" + WRITE_MILLIS,
          "max.block.ms", "" + REQUEST_MILLIS,
          "linger.ms", "50", // a batch ends with a flush
          "batch.size", "" + (256 << 10));

  private static final Map<String, String> READER =
      Map.of(
          "enable.auto.commit", "false",
          "allow.auto.create.topics", "false",
          "auto.offset.reset", "none",
          "isolation.level", "read_uncommitted",
          "default.api.timeout.ms", "" + CALL_MILLIS,
          "fetch.max.wait.ms", "100",
          "max.poll.records", "" + RECORDS_A_POLL);

  private static final Map<String, String> ADMIN = Map.of("default.api.timeout.ms", "5000");

  private final Vertx vertx;
  private final Kafka settings;
  private final Map<String, Object> outside;

  /**
   * @throws StartupProblem where the file of client settings cannot be used
   */
  KafkaClients(Vertx vertx, Kafka settings) {
    this.vertx = vertx;
    this.settings = settings;
    outside = settings.client().isEmpty() ? Map.of() : outside(Path.of(settings.client()));
  }

  private static Map<String, Object> outside(Path file) {
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartupProblem(
          "log.kafka.client: cannot read " + file + ": " + StartupProblem.reason(e), e);
    }
    var taken = new TreeSet<>(properties.stringPropertyNames());
    taken.retainAll(ours());
    if (!taken.isEmpty()) {
      throw new StartupProblem(
          "log.kafka.client: %s sets %s, which the event log decides by itself"
              .formatted(file, taken));
    }
    var values = new HashMap<String, Object>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }

  private static Set<String> ours() {
    var ours = new TreeSet<String>(Set.of("bootstrap.servers", "group.id", "transactional.id"));
    for (var each : java.util.List.of(COMMON, WRITER, READER, ADMIN)) {
      ours.addAll(each.keySet());
    }
    return ours;
  }

  private Map<String, Object> configuration(String role, Map<String, String> own) {
    var values = new HashMap<>(outside);
    values.put("bootstrap.servers", settings.bootstrap());
    values.put("client.id", "marquetry-" + role);
    values.putAll(COMMON);
    values.putAll(own);
    return values;
  }

  /** Names of hosts are looked up while a client is made, which may take long. */
  Future<KafkaProducer<byte[], byte[]>> producer(String role) {
    var values = configuration(role, WRITER);
    values.put("compression.type", settings.compression());
    var bytes = new ByteArraySerializer();
    return vertx
        .executeBlocking(
            () -> new org.apache.kafka.clients.producer.KafkaProducer<>(values, bytes, bytes))
        .map(raw -> KafkaProducer.create(vertx, raw));
  }

  Future<KafkaConsumer<byte[], byte[]>> consumer(String role) {
    var values = configuration(role, READER);
    var bytes = new ByteArrayDeserializer();
    return vertx
        .executeBlocking(
            () -> new org.apache.kafka.clients.consumer.KafkaConsumer<>(values, bytes, bytes))
        .map(raw -> KafkaConsumer.create(vertx, raw));
  }

  Future<KafkaAdminClient> admin() {
    var values = configuration("admin", ADMIN);
    return vertx
        .executeBlocking(() -> AdminClient.create(values))
        .map(raw -> KafkaAdminClient.create(vertx, raw));
  }
}
