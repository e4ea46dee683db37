package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.ingest.KafkaReader.Item;
import io.marquetry.ingest.KafkaWriter.Write;
import io.marquetry.ingest.PgLogIndex.Beginning;
import io.marquetry.ingest.PgLogIndex.Mark;
import io.marquetry.ingest.PgLogIndex.Message;
import io.marquetry.ingest.core.ContentHash;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log on Kafka, with its index in PostgreSQL.
 *
 * <p>The one writer gives out positions, and a record carries its position. So the partitions
 * together are one log in one order, as identity and merges need it, however many they are. An
 * append asks the index which messages are new, writes those to Kafka with {@code acks=all}, and
 * then stores messages and offsets in one transaction, which also finds out whether this still is
 * the writer. Only then is it done: a message that is answered for is on Kafka, and known.
 *
 * <p>Whoever takes over raises the fence in PostgreSQL, so that no older writer can get to the end
 * of an append, and writes its beginning into every partition. What is between the stored offsets
 * and that beginning belongs to the log, was perhaps never answered for, and is indexed now. What
 * an older writer gets in behind it has a smaller position, which makes it void.
 *
 * <p>An installation that had its log in PostgreSQL keeps it: it is what comes first.
 */
final class KafkaEventLog implements EventLog {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaEventLog.class);
  private static final int PAGE = 1_000;
  private static final int MOST_LETTERS = 1_000;

  private final PgEventLog before;
  private final PgLogIndex index;
  private final KafkaTopics topics;
  private final KafkaWriter writer;
  private final KafkaReader reader;
  private final KafkaOutbox letters;
  private boolean prepared;
  private Beginning beginning = new Beginning(-1, 0);

  /** How far each partition is complete. */
  private Map<Integer, Mark> end = Map.of();

  /** The last position that was read; -1 where the reader is elsewhere. */
  private long cursor = -1;

  private Future<?> reading = Future.succeededFuture();

  /**
   * @param before the log that was kept in PostgreSQL, and what stands beside events
   */
  KafkaEventLog(
      Vertx vertx, KafkaClients clients, KafkaTopics topics, PgEventLog before, PgLogIndex index) {
    this.topics = topics;
    this.before = before;
    this.index = index;
    letters =
        new KafkaOutbox(
            vertx,
            new KafkaWriter(vertx, clients, "deadletters"),
            topics.deadLetters(),
            MOST_LETTERS,
            () -> true);
    writer = new KafkaWriter(vertx, clients, "log");
    reader = new KafkaReader(clients, topics.events());
  }

  @Override
  public String backend() {
    return "kafka";
  }

  @Override
  public String place() {
    return "on Kafka";
  }

  @Override
  public Future<Void> prepare(LocalDate today) {
    if (!prepared) {
      return topics.prepare().onSuccess(done -> prepared = true);
    }
    return alone(() -> reader.firstOffsets().compose(first -> forgetAll(first)));
  }

  private Future<Void> forgetAll(Map<Integer, Long> first) {
    Future<Void> done = Future.succeededFuture();
    for (var each : first.entrySet()) {
      done = done.compose(before -> index.forget(each.getKey(), each.getValue()));
    }
    return done;
  }

  // ---- writing

  @Override
  public Future<Long> takeOver() {
    return writer
        .renew(topics.events())
        .compose(
            partitions ->
                index
                    .fence(partitions)
                    .compose(begun -> begin(begun.position(), partitions).map(begun)))
        .map(
            begun -> {
              beginning = begun;
              return begun.position();
            });
  }

  private Future<Void> begin(long position, int partitions) {
    var writes = new ArrayList<Write>();
    for (int i = 0; i < partitions; i++) {
      writes.add(new Write(position, KafkaRecords.beginning(topics.events(), i, position)));
    }
    return index
        .newest(partitions)
        .compose(
            known ->
                writer
                    .write(writes)
                    .compose(begun -> alone(() -> indexTail(position, known, begun))));
  }

  /** What is on Kafka and not in the index; more than a batch only where the index was set back. */
  private Future<Void> indexTail(
      long position, Map<Integer, Mark> known, Map<Integer, Mark> begun) {
    for (var mark : known.entrySet()) {
      var now = begun.get(mark.getKey());
      if (now == null || now.offset() <= mark.getValue().offset()) {
        return Future.failedFuture(new IllegalStateException(lost(mark.getKey(), mark.getValue())));
      }
    }
    cursor = -1;
    return reader
        .seek(-1, known, begun.size())
        .compose(placed -> indexPage(position, begun))
        .onSuccess(done -> moveOn(begun));
  }

  private String lost(int partition, Mark mark) {
    return "topic %s on %s ends before offset %d of partition %d, up to which events were acknowledged: it has lost some, or is not the topic this database belongs to; see docs/kafka.md"
        .formatted(topics.events(), topics.bootstrap(), mark.offset(), partition);
  }

  private Future<Void> indexPage(long position, Map<Integer, Mark> begun) {
    return reader
        .next(PAGE, begun)
        .compose(
            items -> {
              boolean atEnd = items.size() < PAGE;
              var reached = atEnd ? begun : reached(items);
              var messages =
                  items.stream()
                      .map(item -> KafkaRecords.message(item.record()))
                      .filter(Objects::nonNull)
                      .map(message -> new Message(message, null))
                      .toList();
              return index
                  .commit(position, messages, today(items), reached, NOTHING)
                  .compose(done -> atEnd ? Future.succeededFuture() : indexPage(position, begun));
            });
  }

  private static final Batch NOTHING = new Batch(List.of(), 0, Map.of(), List.of());

  private static Map<Integer, Mark> reached(List<Item> items) {
    var reached = new HashMap<Integer, Mark>();
    items.forEach(
        item ->
            reached.put(item.partition(), new Mark(item.position(), item.record().offset() + 1)));
    return reached;
  }

  private static LocalDate today(List<Item> items) {
    return items.isEmpty()
        ? LocalDate.EPOCH
        : LocalDate.ofInstant(
            Instant.ofEpochMilli(items.getFirst().record().timestamp()), ZoneOffset.UTC);
  }

  @Override
  public Future<Set<Long>> append(Batch batch) {
    return appendAll(batch)
        .onSuccess(
            stored -> batch.deadLetters().forEach(each -> letters.put(new Object(), letter(each))));
  }

  private KafkaOutbox.Draft letter(DeadLetter letter) {
    return () -> KafkaRecords.deadLetter(topics.deadLetters(), letter);
  }

  private Future<Set<Long>> appendAll(Batch batch) {
    if (batch.events().isEmpty()) {
      return index
          .commit(beginning.position(), List.of(), LocalDate.EPOCH, Map.of(), batch)
          .map(Set.of());
    }
    long me = beginning.position();
    var messages = batch.events().stream().map(KafkaEventLog::message).toList();
    return index.known(messages).compose(known -> append(me, batch, messages, known));
  }

  private static UUID message(Incoming incoming) {
    return PgLogIndex.uuid(incoming.event().message());
  }

  private Future<Set<Long>> append(long me, Batch batch, List<UUID> messages, Set<UUID> known) {
    var writes = new ArrayList<Write>();
    var fresh = new ArrayList<Message>();
    for (int i = 0; i < messages.size(); i++) {
      if (!known.contains(messages.get(i))) {
        long position = batch.firstPosition() + i;
        var record = KafkaRecords.event(topics.events(), position, batch.events().get(i));
        writes.add(new Write(position, record));
        fresh.add(new Message(messages.get(i), ContentHash.of(batch.events().get(i).event())));
      }
    }
    var written =
        writes.isEmpty() ? Future.succeededFuture(Map.<Integer, Mark>of()) : writer.write(writes);
    var day =
        LocalDate.ofInstant(
            Instant.ofEpochMilli(batch.events().getFirst().event().receivedAt()), ZoneOffset.UTC);
    return written.compose(
        reached ->
            index
                .commit(me, fresh, day, reached, batch)
                .map(
                    stored -> {
                      moveOn(reached);
                      return writes.stream().map(Write::position).collect(Collectors.toSet());
                    }));
  }

  /** An append that was given up on may come to its end after others. */
  private void moveOn(Map<Integer, Mark> reached) {
    var moved = new HashMap<>(end);
    reached.forEach(
        (partition, mark) ->
            moved.merge(partition, mark, (old, now) -> now.offset() > old.offset() ? now : old));
    end = moved;
  }

  // ---- reading

  @Override
  public Future<List<Entry>> read(long after, int limit) {
    if (after >= beginning.lastRow()) {
      return readTopic(after, limit);
    }
    return before
        .read(after, limit)
        .compose(rows -> rows.isEmpty() ? readTopic(after, limit) : Future.succeededFuture(rows));
  }

  private Future<List<Entry>> readTopic(long after, int limit) {
    return alone(() -> place(after).compose(placed -> readOn(after, limit)));
  }

  private Future<Void> place(long after) {
    if (after == cursor && reader.partitions() == end.size()) {
      return Future.succeededFuture();
    }
    cursor = -1;
    int partitions = end.size();
    return index.find(after, partitions).compose(marks -> reader.seek(after, marks, partitions));
  }

  private Future<List<Entry>> readOn(long after, int limit) {
    cursor = -1;
    return reader
        .next(limit, end)
        .compose(
            items -> {
              var entries = new ArrayList<Entry>();
              items.forEach(item -> add(item, entries));
              // An entry that cannot be read is passed over, but is not the end.
              if (entries.isEmpty() && !items.isEmpty()) {
                return readOn(items.getLast().position(), limit);
              }
              cursor = entries.isEmpty() ? after : entries.getLast().position();
              return Future.succeededFuture(entries);
            });
  }

  private static void add(Item item, List<Entry> entries) {
    var entry = KafkaRecords.entry(item.record());
    if (entry == null) {
      LOG.error("passed over log position {}: its record has lost its headers", item.position());
    } else {
      entries.add(entry);
    }
  }

  /** The reader is one: whoever wants to use it waits for the one before. */
  private <T> Future<T> alone(java.util.function.Supplier<Future<T>> work) {
    var mine = reading.transform(done -> work.get());
    reading = mine;
    return mine;
  }

  @Override
  public Future<Map<String, Long>> counts(String site) {
    return before.counts(site);
  }

  @Override
  public Future<Void> close() {
    return Future.join(writer.close(), reader.close(), letters.stop()).mapEmpty();
  }
}
