package io.marquetry.ingest;

import io.marquetry.ingest.PgLogIndex.Mark;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.kafka.client.producer.KafkaProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches to Kafka, all of a batch in one go.
 *
 * <p>A batch costs one hop to a thread that may block and one back; handing over record by record
 * would cost three for each. Where a write fails the producer may have lost its sequence, so every
 * taking over begins with a new one.
 */
final class KafkaWriter {
  private static final int THREADS = 2; // one may still wait for a producer that is being given up
  private static final long CLOSE_MILLIS = 2_000;

  private final KafkaClients clients;
  private final String role;
  private final WorkerExecutor workers;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  /** A record and where it is to be noted that it stands; its position in our order. */
  record Write(long position, ProducerRecord<byte[], byte[]> record) {}

  /**
   * @param role what brokers and threads are told of it
   */
  KafkaWriter(Vertx vertx, KafkaClients clients, String role) {
    this.clients = clients;
    this.role = role;
    workers = vertx.createSharedWorkerExecutor("kafka-" + role, THREADS);
  }

  /** Whether a producer was made. */
  boolean isOpen() {
    return producer != null;
  }

  /**
   * Gives up on whatever is under way and begins anew.
   *
   * @return how many partitions the topic has
   */
  Future<Integer> renew(String topic) {
    var old = producer;
    producer = null;
    if (old != null) {
      // Not waited for: it may hang on a broker that does not answer.
      var unused = old.close(1);
    }
    return clients
        .producer(role)
        .compose(
            made -> {
              producer = made;
              return made.partitionsFor(topic);
            })
        .map(List::size);
  }

  /**
   * Writes records; completes when all brokers that have to have them have them.
   *
   * @return for each partition the last position written to it, and the offset behind it
   */
  Future<Map<Integer, Mark>> write(List<Write> writes) {
    var current = producer;
    if (current == null) {
      return Future.failedFuture(new IllegalStateException("Kafka was not reached yet"));
    }
    return workers.executeBlocking(() -> writeNow(current.unwrap(), writes), false);
  }

  private static Map<Integer, Mark> writeNow(Producer<byte[], byte[]> producer, List<Write> writes)
      throws Exception {
    var sent = new ArrayList<java.util.concurrent.Future<RecordMetadata>>(writes.size());
    for (var write : writes) {
      sent.add(producer.send(write.record()));
    }
    producer.flush();
    var reached = new HashMap<Integer, Mark>();
    for (int i = 0; i < sent.size(); i++) {
      var at = written(sent.get(i));
      reached.put(at.partition(), new Mark(writes.get(i).position(), at.offset() + 1));
    }
    return reached;
  }

  private static RecordMetadata written(java.util.concurrent.Future<RecordMetadata> sent)
      throws Exception {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  Future<Void> close() {
    var current = producer;
    producer = null;
    return current == null
        ? workers.close()
        : current.close(CLOSE_MILLIS).eventually(workers::close);
  }
}
