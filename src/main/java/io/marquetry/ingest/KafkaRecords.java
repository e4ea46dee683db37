package io.marquetry.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Events as records of Kafka.
 *
 * <p>The key is that of the device, so that a visitor's events stay together; the value is what the
 * log keeps of the event. Headers, all of them text: {@code position} in the log, {@code site},
 * {@code received} in milliseconds since the epoch, {@code message}, by which an event is told from
 * its repetition. A record without value begins a writer's time: what comes behind it with a
 * smaller position is an earlier writer's and void.
 */
final class KafkaRecords {
  private static final String POSITION = "position";
  private static final String SITE = "site";
  private static final String RECEIVED = "received";
  private static final String MESSAGE = "message";

  private KafkaRecords() {}

  static ProducerRecord<byte[], byte[]> event(String topic, long position, Incoming incoming) {
    var event = incoming.event();
    var subject = event.subject();
    var device = subject.device() != null ? subject.device() : subject.user();
    var key = device != null ? device : event.message();
    var record =
        new ProducerRecord<byte[], byte[]>(
            topic, null, key.toString().getBytes(UTF_8), incoming.payload());
    record
        .headers()
        .add(POSITION, text(position))
        .add(SITE, event.site().getBytes(UTF_8))
        .add(RECEIVED, text(event.receivedAt()))
        .add(MESSAGE, PgLogIndex.uuid(event.message()).toString().getBytes(UTF_8));
    return record;
  }

  /** The first record of a writer in a partition. */
  static ProducerRecord<byte[], byte[]> beginning(String topic, int partition, long position) {
    var record = new ProducerRecord<byte[], byte[]>(topic, partition, null, null);
    record.headers().add(POSITION, text(position));
    return record;
  }

  private static byte[] text(long number) {
    return Long.toString(number).getBytes(UTF_8);
  }

  /** The position; -1 for a record that is none of ours. */
  static long position(ConsumerRecord<byte[], byte[]> record) {
    var text = header(record.headers(), POSITION);
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The event; null for a record that begins a writer's time or has lost its headers. */
  static @Nullable Entry entry(ConsumerRecord<byte[], byte[]> record) {
    var site = header(record.headers(), SITE);
    var received = header(record.headers(), RECEIVED);
    if (record.value() == null || site == null || received == null) {
      return null;
    }
    return new Entry(position(record), Long.parseLong(received), site, record.value());
  }

  /** The key of the message; null for a record that holds no event. */
  static @Nullable UUID message(ConsumerRecord<byte[], byte[]> record) {
    var text = header(record.headers(), MESSAGE);
    return record.value() == null || text == null ? null : UUID.fromString(text);
  }

  private static @Nullable String header(Headers headers, String name) {
    var header = headers.lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  /** A copy of a row of dead letters. */
  static ProducerRecord<byte[], byte[]> deadLetter(String topic, DeadLetter letter) {
    var json = new LinkedHashMap<String, Object>();
    json.put("site", letter.site());
    json.put("stage", letter.stage());
    json.put("reason", letter.reason());
    json.put("detail", letter.detail());
    json.put("messageId", letter.messageId());
    json.put("at", Instant.ofEpochMilli(letter.at()).toString());
    json.put("payload", letter.payload());
    return new ProducerRecord<>(topic, letter.site().getBytes(UTF_8), Json.write(json));
  }

  /** What records about a profile are kept by. */
  static byte[] key(Id128 profile) {
    return profile.toString().getBytes(UTF_8);
  }
}
