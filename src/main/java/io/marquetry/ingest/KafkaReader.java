package io.marquetry.ingest;

import io.marquetry.ingest.PgLogIndex.Mark;
import io.vertx.core.Future;
import io.vertx.kafka.client.common.TopicPartition;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partitions of a topic as one log, in the order of positions.
 *
 * <p>Positions grow within a partition, so the next record is the one with the smallest position
 * among the partitions' next, once every partition that has a next has it here. Only those are
 * polled that have nothing here, so what is held is one poll. A record whose position does not grow
 * was written by a writer after another had taken over: it is passed over, by everybody who reads.
 *
 * <p>Used by one caller at a time.
 */
final class KafkaReader {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReader.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int EMPTY_POLLS = 10;

  private final KafkaClients clients;
  private final String topic;
  private final List<Lane> lanes = new ArrayList<>();
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private Set<TopicPartition> polled = Set.of();
  private long after;

  /** A record in its place. */
  record Item(int partition, long position, ConsumerRecord<byte[], byte[]> record) {}

  /** One partition: what is here of it, and how far it was read. */
  private static final class Lane {
    final TopicPartition partition;
    final ArrayDeque<Item> queue = new ArrayDeque<>();
    long next;
    long last;

    Lane(TopicPartition partition) {
      this.partition = partition;
    }

    boolean isHungry(Map<Integer, Mark> end) {
      var mark = end.get(partition.getPartition());
      return queue.isEmpty() && mark != null && next < mark.offset();
    }

    /** Its next record, where that is before the end. */
    @Nullable Item head(Map<Integer, Mark> end) {
      var head = queue.peek();
      var mark = end.get(partition.getPartition());
      return head == null || mark == null || head.record().offset() >= mark.offset() ? null : head;
    }

    void take(ConsumerRecord<byte[], byte[]> record, long after) {
      next = record.offset() + 1;
      long position = KafkaRecords.position(record);
      if (position > last) {
        last = position;
        if (record.value() != null && position > after) {
          queue.add(new Item(record.partition(), position, record));
        }
      }
    }
  }

  KafkaReader(KafkaClients clients, String topic) {
    this.clients = clients;
    this.topic = topic;
  }

  /** How many partitions were there when it was last placed. */
  int partitions() {
    return lanes.size();
  }

  /**
   * Places it behind a position.
   *
   * @param marks a place at or before the position in each partition; one that is missing begins
   *     with what the partition still holds
   */
  Future<Void> seek(long position, Map<Integer, Mark> marks, int partitions) {
    after = position;
    lanes.clear();
    for (int i = 0; i < partitions; i++) {
      lanes.add(new Lane(new TopicPartition(topic, i)));
    }
    var all = all();
    return open()
        .compose(
            reader ->
                reader
                    .assign(all)
                    .compose(assigned -> reader.beginningOffsets(all))
                    .compose(first -> place(reader, marks, first)));
  }

  private Set<TopicPartition> all() {
    var all = new HashSet<TopicPartition>();
    lanes.forEach(lane -> all.add(lane.partition));
    return all;
  }

  private Future<KafkaConsumer<byte[], byte[]>> open() {
    var open = consumer;
    return open != null
        ? Future.succeededFuture(open)
        : clients
            .consumer("log")
            .map(
                made -> {
                  consumer = made;
                  return made;
                });
  }

  private Future<Void> place(
      KafkaConsumer<byte[], byte[]> reader,
      Map<Integer, Mark> marks,
      Map<TopicPartition, Long> first) {
    var placed = new ArrayList<Future<Void>>();
    for (var lane : lanes) {
      long begin = first.getOrDefault(lane.partition, 0L);
      var mark = marks.get(lane.partition.getPartition());
      if (mark != null && mark.offset() < begin) {
        LOG.error(
            "{} holds nothing before offset {} any more, but was to be read from {}",
            lane.partition,
            begin,
            mark.offset());
      }
      lane.next = mark == null ? begin : Math.max(begin, mark.offset());
      lane.last = mark == null ? -1 : mark.position();
      placed.add(reader.seek(lane.partition, lane.next));
    }
    polled = all();
    placed.add(reader.resume(polled));
    return Future.all(placed).mapEmpty();
  }

  /**
   * The next records in order.
   *
   * @param end how far each partition may be read
   * @return fewer than the limit only where there are no more
   */
  Future<List<Item>> next(int limit, Map<Integer, Mark> end) {
    var items = new ArrayList<Item>();
    return collect(items, limit, end, 0).map(items);
  }

  private Future<Void> collect(List<Item> items, int limit, Map<Integer, Mark> end, int empty) {
    while (items.size() < limit) {
      var hungry = new HashSet<TopicPartition>();
      lanes.stream().filter(lane -> lane.isHungry(end)).forEach(lane -> hungry.add(lane.partition));
      if (!hungry.isEmpty()) {
        return empty == EMPTY_POLLS
            ? Future.failedFuture(new IllegalStateException("Kafka gives no records"))
            : poll(hungry).compose(got -> collect(items, limit, end, got ? 0 : empty + 1));
      }
      var lane = first(end);
      if (lane == null) {
        break;
      }
      items.add(lane.queue.remove());
    }
    return Future.succeededFuture();
  }

  private @Nullable Lane first(Map<Integer, Mark> end) {
    @Nullable Lane first = null;
    long least = Long.MAX_VALUE;
    for (var lane : lanes) {
      var head = lane.head(end);
      if (head != null && head.position() < least) {
        first = lane;
        least = head.position();
      }
    }
    return first;
  }

  private Future<Boolean> poll(Set<TopicPartition> hungry) {
    var reader = consumer;
    if (reader == null) {
      return Future.failedFuture(new IllegalStateException("the reader is closed"));
    }
    return only(reader, hungry)
        .compose(ready -> reader.poll(POLL))
        .map(
            polled -> {
              var records = polled.records();
              records.forEach(record -> lanes.get(record.partition()).take(record, after));
              return !records.isEmpty();
            });
  }

  /** Polls bring nothing of a partition that is paused. */
  private Future<Void> only(KafkaConsumer<byte[], byte[]> reader, Set<TopicPartition> hungry) {
    if (hungry.equals(polled)) {
      return Future.succeededFuture();
    }
    var others = all();
    others.removeAll(hungry);
    polled = hungry;
    return reader.resume(hungry).compose(resumed -> reader.pause(others));
  }

  /** The first offset that each partition still holds; to be asked once it was placed. */
  Future<Map<Integer, Long>> firstOffsets() {
    var reader = consumer;
    if (reader == null) {
      return Future.succeededFuture(Map.of());
    }
    return reader
        .beginningOffsets(all())
        .map(
            first -> {
              var offsets = new HashMap<Integer, Long>();
              first.forEach((partition, offset) -> offsets.put(partition.getPartition(), offset));
              return offsets;
            });
  }

  Future<Void> close() {
    var open = consumer;
    consumer = null;
    return open == null ? Future.succeededFuture() : open.close();
  }
}
