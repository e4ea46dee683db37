package io.marquetry.platform;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Where the event log is kept.
 *
 * @param kafka how Kafka is reached; of meaning only with that backend
 */
public record LogSettings(Backend backend, Kafka kafka) {

  /** What keeps the event log. */
  public enum Backend {
    POSTGRES,
    KAFKA
  }

  private static final List<String> COMPRESSIONS = List.of("none", "gzip", "lz4", "snappy", "zstd");

  /** The event log in PostgreSQL, which is what an installation has that says nothing. */
  public static final LogSettings POSTGRES = read(Settings.of("log", Map.of()));

  /**
   * How Kafka is reached, and how topics are made that are not there.
   *
   * @param bootstrap {@code host:port}, several with commas between
   * @param client path of a properties file with more settings of the client, such as credentials
   * @param prefix what names of topics begin with
   * @param partitions of the topic of events
   * @param replication how many brokers hold a copy
   * @param minInSync how many of them must have a record before it counts as written
   * @param retention how long events stay
   * @param compression of what is written
   * @param profileChanges whether memberships of profiles go out
   */
  public record Kafka(
      String bootstrap,
      String client,
      String prefix,
      int partitions,
      int replication,
      int minInSync,
      Duration retention,
      String compression,
      boolean profileChanges) {}

  /**
   * Reads the object {@code log} of the configuration; whoever made it ends the reading.
   *
   * @throws StartupProblem naming what is wrong beyond single values
   */
  public static LogSettings read(Settings settings) {
    var backend = backend(settings.text("backend", "postgres"));
    var kafka = kafka(settings.object("kafka"));
    if (backend == Backend.KAFKA && kafka.bootstrap().isEmpty()) {
      throw new StartupProblem(
          "wrong configuration: log.kafka.bootstrap is missing; it names the brokers, such as"
              + " \"localhost:9092\"");
    }
    return new LogSettings(backend, kafka);
  }

  private static Kafka kafka(Settings settings) {
    int replication = settings.integer("replication", 1, 1, 32);
    var prefix = settings.text("prefix", "marquetry.");
    if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
      throw new StartupProblem(
          "wrong configuration: log.kafka.prefix is %s, expected letters, digits, dots, _ and -"
              .formatted(prefix));
    }
    return new Kafka(
        settings.text("bootstrap", ""),
        settings.text("client", ""),
        prefix,
        settings.integer("partitions", 4, 1, 1_000),
        replication,
        settings.integer("minInSync", Math.max(1, replication - 1), 1, replication),
        settings.duration("retention", Duration.ofDays(30)),
        compression(settings.text("compression", "lz4")),
        settings.flag("profileChanges", true));
  }

  private static String compression(String name) {
    if (!COMPRESSIONS.contains(name)) {
      throw new StartupProblem(
          "wrong configuration: log.kafka.compression is %s, expected one of %s"
              .formatted(name, COMPRESSIONS));
    }
    return name;
  }

  private static Backend backend(String name) {
    return switch (name) {
      case "postgres" -> Backend.POSTGRES;
      case "kafka" -> Backend.KAFKA;
      default ->
          throw new StartupProblem(
              "wrong configuration: log.backend is %s, expected \"postgres\" or \"kafka\""
                  .formatted(name));
    };
  }
}
