package io.marquetry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic as anybody else sees it, read and written without any code of the server. */
public final class KafkaTopic {
  private final String bootstrap;
  private final String name;

  public KafkaTopic(String bootstrap, String name) {
    this.bootstrap = bootstrap;
    this.name = name;
  }

  /** Everything that is in it now, partition by partition. */
  public List<ConsumerRecord<byte[], byte[]>> records() {
    Map<String, Object> config =
        Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", "false");
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
      var partitions =
          consumer.partitionsFor(name).stream()
              .map(each -> new TopicPartition(name, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var end = consumer.endOffsets(partitions);
      var all = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      while (end.entrySet().stream()
          .anyMatch(each -> consumer.position(each.getKey()) < each.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
      }
      all.sort(
          Comparator.comparingInt((ConsumerRecord<byte[], byte[]> each) -> each.partition())
              .thenComparingLong(ConsumerRecord::offset));
      return all;
    }
  }

  /**
   * The records of events that count, by the rule of the documentation: in each partition a record
   * whose position is not greater than every one before it is void. In the order of positions.
   */
  public List<ConsumerRecord<byte[], byte[]>> events() {
    var greatest = new HashMap<Integer, Long>();
    var events = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    for (var record : records()) {
      long position = position(record);
      if (position > greatest.getOrDefault(record.partition(), -1L)) {
        greatest.put(record.partition(), position);
        if (record.value() != null) {
          events.add(record);
        }
      }
    }
    events.sort(Comparator.comparingLong(KafkaTopic::position));
    return events;
  }

  public static long position(ConsumerRecord<byte[], byte[]> record) {
    return Long.parseLong(header(record, "position"));
  }

  public static String header(ConsumerRecord<byte[], byte[]> record, String header) {
    var found = record.headers().lastHeader(header);
    return found == null ? "" : new String(found.value(), UTF_8);
  }

  /** What is kept of each key: the value of its newest record, without those that were removed. */
  public Map<String, String> compacted() {
    var values = new HashMap<String, String>();
    for (var record : records()) {
      var key = new String(record.key(), UTF_8);
      if (record.value() == null) {
        values.remove(key);
      } else {
        values.put(key, new String(record.value(), UTF_8));
      }
    }
    return values;
  }

  /** Writes a record. */
  public void write(int partition, String key, String value, Map<String, String> headers) {
    Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "acks", "all");
    var bytes = new ByteArraySerializer();
    var record = new ProducerRecord<>(name, partition, key.getBytes(UTF_8), value.getBytes(UTF_8));
    headers.forEach((header, text) -> record.headers().add(header, text.getBytes(UTF_8)));
    try (var producer = new KafkaProducer<>(config, bytes, bytes)) {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
