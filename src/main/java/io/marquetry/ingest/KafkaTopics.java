package io.marquetry.ingest;

import io.marquetry.platform.LogSettings.Kafka;
import io.marquetry.platform.StartupProblem;
import io.vertx.core.Future;
import io.vertx.kafka.admin.Config;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.NewTopic;
import io.vertx.kafka.client.common.ConfigResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of this installation: made where they are missing, taken as they are where not. */
final class KafkaTopics {
  /** Beyond every event we take, with room for what is kept beside it. */
  private static final int MAX_RECORD = 1 << 20;

  private final KafkaClients clients;
  private final Kafka settings;

  KafkaTopics(KafkaClients clients, Kafka settings) {
    this.clients = clients;
    this.settings = settings;
  }

  static String events(Kafka settings) {
    return settings.prefix() + "events";
  }

  String events() {
    return events(settings);
  }

  String bootstrap() {
    return settings.bootstrap();
  }

  String deadLetters() {
    return settings.prefix() + "deadletters";
  }

  String profileChanges() {
    return settings.prefix() + "profile-changes";
  }

  /** Makes what is missing; fails with a {@link StartupProblem}. */
  Future<Void> prepare() {
    return clients
        .admin()
        .compose(
            admin ->
                admin
                    .listTopics()
                    .compose(there -> prepare(admin, there))
                    .eventually(() -> admin.close()))
        .recover(cause -> Future.failedFuture(explained(cause)));
  }

  /** Just made, a topic is not known to every broker yet, and is as it should be. */
  private Future<Void> prepare(KafkaAdminClient admin, Set<String> there) {
    var checked =
        there.contains(events())
            ? admin.describeConfigs(List.of(asked())).compose(this::check)
            : Future.<Void>succeededFuture();
    return checked.compose(right -> create(admin, missing(there)));
  }

  private List<NewTopic> missing(Set<String> there) {
    var topics = new ArrayList<NewTopic>();
    var retention = Long.toString(settings.retention().toMillis());
    // By the broker's clock, so that no clock of ours decides how long something stays.
    topics.add(topic(events(), Map.of("retention.ms", retention)));
    topics.add(topic(deadLetters(), Map.of("retention.ms", retention)));
    topics.add(topic(profileChanges(), Map.of("cleanup.policy", "compact")));
    topics.removeIf(topic -> there.contains(topic.getName()));
    return topics;
  }

  private NewTopic topic(String name, Map<String, String> config) {
    var all = new HashMap<>(config);
    all.put("min.insync.replicas", Integer.toString(settings.minInSync()));
    all.put("message.timestamp.type", "LogAppendTime");
    all.put("max.message.bytes", Integer.toString(MAX_RECORD));
    return new NewTopic(name, settings.partitions(), (short) settings.replication()).setConfig(all);
  }

  private static Future<Void> create(KafkaAdminClient admin, List<NewTopic> topics) {
    return topics.isEmpty()
        ? Future.succeededFuture()
        : admin
            .createTopics(topics)
            .recover(
                cause ->
                    cause instanceof TopicExistsException
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
  }

  private ConfigResource asked() {
    return new ConfigResource(org.apache.kafka.common.config.ConfigResource.Type.TOPIC, events());
  }

  /** A topic that forgets all but the newest event of a visitor is no log. */
  private Future<Void> check(Map<ConfigResource, Config> configs) {
    for (var config : configs.values()) {
      for (var entry : config.getEntries()) {
        if (entry.getName().equals("cleanup.policy") && !entry.getValue().equals("delete")) {
          return Future.failedFuture(
              new StartupProblem(
                  "topic %s on Kafka has cleanup.policy %s, but the event log needs delete"
                      .formatted(events(), entry.getValue())));
        }
      }
    }
    return Future.succeededFuture();
  }

  private Throwable explained(Throwable cause) {
    return cause instanceof StartupProblem
        ? cause
        : new StartupProblem(
            ("the event log is to be on Kafka at %s (log.kafka.bootstrap), which cannot be used: %s;"
                    + " start the broker, or set log.backend to \"postgres\"")
                .formatted(settings.bootstrap(), reason(cause)),
            cause);
  }

  /** The innermost cause says what it was; those around it only that something was. */
  private static String reason(Throwable cause) {
    var inner = cause;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return StartupProblem.reason(inner);
  }
}
