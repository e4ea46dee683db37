package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.ingest.EventLog.Superseded;
import io.marquetry.platform.LogSettings.Kafka;
import io.marquetry.platform.StartupProblem;
import io.marquetry.testkit.KafkaBroker;
import io.marquetry.testkit.KafkaTopic;
import io.marquetry.testkit.TestPostgres;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The event log on Kafka: the contract, on a real broker. */
@Tag("kafka")
class KafkaEventLogTest extends EventLogContract {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String prefix = "t" + COUNT.incrementAndGet() + ".";

  static Kafka settings(String bootstrap, String prefix, int partitions) {
    return new Kafka(bootstrap, "", prefix, partitions, 1, 1, Duration.ofDays(30), "none", true);
  }

  @Override
  EventLog open() {
    return open(settings(KafkaBroker.shared().bootstrap(), prefix, 3));
  }

  private EventLog open(Kafka settings) {
    var clients = new KafkaClients(rig.vertx, settings);
    return new KafkaEventLog(
        rig.vertx,
        clients,
        new KafkaTopics(clients, settings),
        new PgEventLog(pool),
        new PgLogIndex(pool, settings));
  }

  private final KafkaTopic topic =
      new KafkaTopic(KafkaBroker.shared().bootstrap(), prefix + "events");

  private List<String> ids(EventLog from) {
    return readAll(from, 0, 400).stream().map(EventLogContract::messageId).toList();
  }

  private void append(long first, int n) {
    var events = new ArrayList<Incoming>();
    for (int i = 0; i < n; i++) {
      events.add(beacons.event("d" + i % 11, "m" + (first + i)));
    }
    await(log.append(batch(first, events.toArray(Incoming[]::new))));
  }

  private <T> T admin(Function<AdminClient, KafkaFuture<T>> work) throws Exception {
    try (var admin =
        AdminClient.create(
            Map.<String, Object>of("bootstrap.servers", KafkaBroker.shared().bootstrap()))) {
      return work.apply(admin).get();
    }
  }

  // ---- what others see

  @Test
  void append_event_isARecordThatOthersCanRead() {
    long begin = await(log.takeOver());
    var event = event("m1");
    await(log.append(batch(begin + 1, event)));
    var record = topic.events().getFirst();
    assertThat(new String(record.key(), UTF_8))
        .isEqualTo(String.valueOf(event.event().subject().device()));
    assertThat(record.value()).isEqualTo(event.payload());
    assertThat(KafkaTopic.header(record, "site")).isEqualTo("shop");
    assertThat(KafkaTopic.header(record, "received")).isEqualTo("" + event.event().receivedAt());
    assertThat(KafkaTopic.header(record, "message"))
        .isEqualTo(PgLogIndex.uuid(event.event().message()).toString());
    assertThat(topic.records()).as("each partition begins with the writer").hasSize(4);
  }

  @Test
  void append_eventsOfOneDevice_stayTogether() {
    long begin = await(log.takeOver());
    append(begin + 1, 200);
    var partitions = new HashMap<String, Set<Integer>>();
    for (var record : topic.events()) {
      partitions
          .computeIfAbsent(new String(record.key(), UTF_8), key -> new HashSet<>())
          .add(record.partition());
    }
    assertThat(partitions).hasSize(11);
    assertThat(partitions.values()).allMatch(each -> each.size() == 1);
  }

  // ---- between Kafka and PostgreSQL

  /** Killed after Kafka had it and before PostgreSQL knew: the next writer finds it. */
  @Test
  void takeOver_writtenButNeverIndexed_isInTheLogOnce() {
    long begin = await(log.takeOver());
    append(begin + 1, 3);
    TestPostgres.execute(
        database, "alter table log_offset add constraint none check (false) not valid");
    var batch = batch(begin + 9, event("late"));
    assertThatThrownBy(() -> await(log.append(batch))).isInstanceOf(RuntimeException.class);
    TestPostgres.execute(database, "alter table log_offset drop constraint none");
    assertThat(count("select count(*) from message_seen")).isEqualTo(3);
    assertThat(topic.events()).hasSize(4);
    var next = opened();
    long later = await(next.takeOver());
    assertThat(ids(next)).hasSize(4).endsWith("late");
    assertThat(await(next.append(batch(later + 1, event("late"))))).isEmpty();
    assertThat(readAll(next, 0, 9).getLast().position()).isEqualTo(begin + 9);
  }

  /** What an older writer gets in after the newer one's beginning does not count. */
  @Test
  void records_ofAFencedWriter_areVoid() {
    long begin = await(log.takeOver());
    append(begin + 1, 2);
    var next = opened();
    long later = await(next.takeOver());
    for (int partition = 0; partition < 3; partition++) {
      topic.write(
          partition, "x", "{}", Map.of("position", "" + (begin + 3), "site", "s", "received", "5"));
    }
    assertThat(ids(next)).hasSize(2);
    await(next.append(batch(later + 1, event("n1"))));
    assertThat(ids(next)).hasSize(3).endsWith("n1");
    var third = opened();
    await(third.takeOver());
    assertThat(ids(third)).hasSize(3).endsWith("n1");
    assertThat(await(third.read(begin + 2, 5))).hasSize(1);
    assertThat(topic.records()).hasSize(3 + 3 * 3 + 3);
  }

  /** As after PostgreSQL was restored from a backup: Kafka knows more, and that counts. */
  @Test
  void takeOver_indexSetBack_isMadeUpFromTheTopic() {
    long begin = await(log.takeOver());
    append(begin + 1, 900);
    append(begin + 901, 900);
    append(begin + 1_801, 700);
    var before = ids(log);
    assertThat(before).hasSize(2_500).doesNotHaveDuplicates();
    TestPostgres.execute(database, "delete from message_seen", "delete from log_offset");
    var next = opened();
    long later = await(next.takeOver());
    assertThat(count("select count(*) from message_seen")).isEqualTo(2_500);
    assertThat(ids(next)).isEqualTo(before);
    assertThat(await(next.append(batch(later + 1, beacons.event("d0", before.get(77)))))).isEmpty();
  }

  @Test
  void takeOver_topicHasLostEvents_isRefused() throws Exception {
    long begin = await(log.takeOver());
    append(begin + 1, 40);
    admin(admin -> admin.deleteTopics(List.of(prefix + "events")).all());
    Conditions.until(() -> !names().contains(prefix + "events"));
    var next = opened();
    assertThatThrownBy(() -> await(next.takeOver()))
        .hasMessageContaining(prefix + "events")
        .hasMessageContaining("up to which events were acknowledged");
  }

  private Set<String> names() {
    try {
      return admin(admin -> admin.listTopics().names());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** An installation that moves to Kafka keeps what it had. */
  @Test
  void read_logWasInPostgresBefore_beginsThere() {
    var old = new PgEventLog(pool);
    await(old.prepare(LocalDate.of(2026, 11, 22)));
    long begin = await(old.takeOver());
    await(old.append(batch(begin + 1, event("p1"), event("p2"), event("p3"))));
    long later = await(log.takeOver());
    assertThat(await(log.append(batch(later + 1, event("p2"), event("k1")))))
        .containsExactly(later + 2);
    assertThat(ids(log)).containsExactly("p1", "p2", "p3", "k1");
    assertThat(await(log.read(begin + 1, 1)))
        .extracting(Entry::position)
        .containsExactly(begin + 2);
    assertThatThrownBy(() -> await(old.append(batch(begin + 9, event("p9")))))
        .isInstanceOf(Superseded.class);
  }

  // ---- topics

  @Test
  void prepare_topicIsThere_isTakenAsItIs() throws Exception {
    var name = "own" + prefix;
    admin(admin -> admin.createTopics(List.of(new NewTopic(name + "events", 5, (short) 1))).all());
    var own = open(settings(KafkaBroker.shared().bootstrap(), name, 2));
    await(own.prepare(LocalDate.EPOCH));
    await(own.takeOver());
    assertThat(new KafkaTopic(KafkaBroker.shared().bootstrap(), name + "events").records())
        .extracting(ConsumerRecord::partition)
        .containsExactly(0, 1, 2, 3, 4);
    await(own.close());
  }

  @Test
  void prepare_compactedTopic_isRefused() throws Exception {
    var name = "compact" + prefix;
    var compact =
        new NewTopic(name + "events", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
    admin(admin -> admin.createTopics(List.of(compact)).all());
    Conditions.until(() -> names().contains(name + "events"));
    var own = open(settings(KafkaBroker.shared().bootstrap(), name, 2));
    assertThatThrownBy(() -> await(own.prepare(LocalDate.EPOCH)))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("cleanup.policy");
    await(own.close());
  }

  @Test
  void takeOver_morePartitionsThanBefore_keepsTheOrder() throws Exception {
    long begin = await(log.takeOver());
    append(begin + 1, 50);
    var before = ids(log);
    admin(
        admin ->
            admin.createPartitions(Map.of(prefix + "events", NewPartitions.increaseTo(7))).all());
    var next = opened();
    long later = await(next.takeOver());
    log = next;
    append(later + 1, 50);
    assertThat(ids(next)).hasSize(100).startsWith(before.toArray(String[]::new));
  }

  @Test
  void prepare_retentionHasTakenEvents_forgetsTheirPlaces() throws Exception {
    long begin = await(log.takeOver());
    for (int i = 0; i < 6; i++) {
      append(begin + 1 + i * 5_000L, 30);
    }
    long rows = count("select count(*) from log_offset");
    var kept = new HashMap<TopicPartition, RecordsToDelete>();
    for (int i = 0; i < 3; i++) {
      int partition = i;
      long there = topic.records().stream().filter(one -> one.partition() == partition).count();
      kept.put(
          new TopicPartition(prefix + "events", i), RecordsToDelete.beforeOffset(there * 2 / 3));
    }
    admin(admin -> admin.deleteRecords(kept).all());
    var held = topic.events().stream().map(KafkaTopic::position).toList();
    assertThat(held.size()).isLessThan(180).isPositive();
    assertThat(readAll(log, 0, 50)).extracting(Entry::position).isEqualTo(held);
    await(log.prepare(LocalDate.of(2026, 11, 22)));
    assertThat(count("select count(*) from log_offset")).isLessThan(rows);
    assertThat(readAll(log, held.get(20), 50))
        .extracting(Entry::position)
        .isEqualTo(held.subList(21, held.size()));
  }

  @Test
  void prepare_noBroker_saysWhatToDo() throws Exception {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    for (var place : List.of("127.0.0.1:" + free, "no-such-host.invalid:9092")) {
      var away = open(settings(place, prefix, 1));
      assertThatThrownBy(() -> await(away.prepare(LocalDate.EPOCH)))
          .isInstanceOf(StartupProblem.class)
          .hasMessageContaining(place)
          .hasMessageContaining("log.kafka.bootstrap")
          .hasMessageContaining("set log.backend to \"postgres\"");
      await(away.close());
    }
  }

  @Test
  void read_beforeAnybodyTookOver_findsNothing() {
    assertThat(log.backend()).isEqualTo("kafka");
    assertThat(await(log.read(0, 10))).isEmpty();
  }
}
