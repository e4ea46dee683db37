package io.marquetry.ingest;

import io.marquetry.ingest.KafkaWriter.Write;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to go out to Kafka beside the log, and may go a little later.
 *
 * <p>Of several things under one key the newest goes. What Kafka does not take waits and is tried
 * again, up to a bound; what is shed beyond it is counted. One write is under way at a time.
 */
final class KafkaOutbox {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaOutbox.class);
  private static final int BATCH = 1_000;
  private static final long GATHER_MILLIS = 20;
  private static final long RETRY_MILLIS = 500;

  private final Vertx vertx;
  private final KafkaWriter writer;
  private final String topic;
  private final int most;
  private final BooleanSupplier open;
  private final Map<Object, Draft> waiting = new LinkedHashMap<>();
  private final List<Promise<Void>> waiters = new ArrayList<>();
  private boolean busy;
  private boolean failing;
  private boolean stopped;
  private long shed;

  /** Something to go out, made up when it goes. */
  interface Draft {
    /** The record as of now; null where there is nothing to say after all. */
    @Nullable ProducerRecord<byte[], byte[]> record();

    /** It went out. */
    default void sent() {}
  }

  /**
   * @param topic one that the writer writes to
   * @param most how many may wait
   * @param open whether anything may go out just now
   */
  KafkaOutbox(Vertx vertx, KafkaWriter writer, String topic, int most, BooleanSupplier open) {
    this.vertx = vertx;
    this.writer = writer;
    this.topic = topic;
    this.most = most;
    this.open = open;
    show();
  }

  /** Read from another thread, so a little old. */
  private void show() {
    var registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      Gauge.builder("marquetry.kafka.waiting", this, outbox -> outbox.waiting.size())
          .description("records not yet written")
          .tag("topic", topic)
          .register(registry);
      FunctionCounter.builder("marquetry.kafka.shed", this, outbox -> outbox.shed)
          .description("records that found the queue full")
          .tag("topic", topic)
          .register(registry);
    }
  }

  void put(Object key, Draft draft) {
    if (waiting.size() >= most && !waiting.containsKey(key)) {
      shed++;
      return;
    }
    waiting.put(key, draft);
    if (!busy) {
      later(GATHER_MILLIS);
    }
  }

  /** Completes when nothing waits any more; fails where it is stopped before. */
  Future<Void> flushed() {
    if (waiting.isEmpty() && !busy) {
      return Future.succeededFuture();
    }
    var waiter = Promise.<Void>promise();
    waiters.add(waiter);
    return waiter.future();
  }

  private void later(long millis) {
    busy = true;
    vertx.setTimer(millis, timer -> send());
  }

  private void send() {
    if (stopped) {
      return;
    }
    if (!open.getAsBoolean()) {
      later(RETRY_MILLIS);
      return;
    }
    var taken = take();
    var writes = new ArrayList<Write>();
    var sent = new ArrayList<Draft>();
    for (var draft : taken.values()) {
      var record = draft.record();
      if (record != null) {
        writes.add(new Write(0, record));
        sent.add(draft);
      }
    }
    write(writes)
        .onSuccess(
            done -> {
              sent.forEach(Draft::sent);
              goOn();
            })
        .onFailure(cause -> putBack(taken, cause));
  }

  private Map<Object, Draft> take() {
    var taken = new LinkedHashMap<Object, Draft>();
    var each = waiting.entrySet().iterator();
    while (each.hasNext() && taken.size() < BATCH) {
      var entry = each.next();
      taken.put(entry.getKey(), entry.getValue());
      each.remove();
    }
    return taken;
  }

  private Future<?> write(List<Write> writes) {
    if (writes.isEmpty()) {
      return Future.succeededFuture();
    }
    return writer.isOpen()
        ? writer.write(writes)
        : writer.renew(topic).compose(ready -> writer.write(writes));
  }

  private void goOn() {
    failing = false;
    if (waiting.isEmpty()) {
      busy = false;
      waiters.forEach(Promise::tryComplete);
      waiters.clear();
    } else {
      later(GATHER_MILLIS);
    }
  }

  /** Behind what is newer under the same key. */
  private void putBack(Map<Object, Draft> taken, Throwable cause) {
    if (!failing) {
      failing = true;
      LOG.warn("{} waits to be written to: {}", topic, cause.toString());
    }
    taken.forEach(waiting::putIfAbsent);
    if (stopped) {
      return;
    }
    writer.renew(topic).onComplete(done -> later(RETRY_MILLIS));
  }

  /** Gives up on what still waits. */
  Future<Void> stop() {
    stopped = true;
    waiters.forEach(waiter -> waiter.tryFail("it is stopped"));
    waiters.clear();
    return writer.close();
  }
}
