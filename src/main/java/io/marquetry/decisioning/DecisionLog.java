package io.marquetry.decisioning;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.kit.Id128;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes decisions down, off the path on which they are made.
 *
 * <p>What was decided waits in a bounded queue and goes out in batches: to whoever listens, and to
 * the store. A few are under way at a time, so that the store finds the next when it is done with
 * one, however busy this loop is. A batch the store does not take is offered again a few times, and
 * until it is taken or given up no other is begun. What does not fit the queue, and what the store
 * never took, is lost and counted; decisions go on.
 */
final class DecisionLog {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
  private static final int ATTEMPTS = 5;

  /** Most batches under way at a time. */
  static final int AT_ONCE = 3;

  private final Function<List<DecisionRecord>, Future<Void>> store;
  private final Consumer<DecisionsMade> feed;
  private final int capacity;
  private final int batch;
  private final ArrayDeque<DecisionRecord> waiting = new ArrayDeque<>();
  private final List<Write> underWay = new ArrayList<>();
  private final ArrayDeque<Batch> refused = new ArrayDeque<>();
  private long shed;
  private long lost;

  /**
   * Decisions that are written together.
   *
   * @param attempts how often the store did not take them
   */
  private record Batch(List<DecisionRecord> records, int attempts) {
    int size() {
      return records.size();
    }

    Batch without(Set<Id128> keys) {
      return new Batch(
          records.stream().map(decision -> DecisionLog.without(keys, decision)).toList(), attempts);
    }
  }

  private record Write(Batch batch, Promise<Void> through) {}

  /**
   * @param store where a batch goes, see {@link DecisionStore#append}
   * @param feed is told of every decision, once
   * @param capacity most decisions waiting
   * @param batch most decisions in one write
   */
  DecisionLog(
      Function<List<DecisionRecord>, Future<Void>> store,
      Consumer<DecisionsMade> feed,
      int capacity,
      int batch) {
    this.store = store;
    this.feed = feed;
    this.capacity = capacity;
    this.batch = batch;
  }

  /** Queues a decision, or sheds it where too many wait. */
  void add(DecisionRecord decision) {
    if (waiting.size() >= capacity) {
      shed++;
      return;
    }
    waiting.add(decision);
    writeFull();
  }

  /** The regular turn: writes what waits, unless a write is under way. */
  void turn() {
    if (underWay.isEmpty() && waiting() > 0) {
      write();
    }
  }

  /** Completes when everything queued so far is written; fails where the store does not take it. */
  Future<Void> flush() {
    if (!underWay.isEmpty()) {
      return all().compose(done -> flush());
    }
    return waiting() == 0 ? Future.succeededFuture() : write().compose(done -> flush());
  }

  /** Completes, never fails, when the writes under way are through. */
  Future<Void> settled() {
    return all().otherwiseEmpty();
  }

  private Future<Void> all() {
    return Future.join(underWay.stream().map(write -> write.through().future()).toList())
        .mapEmpty();
  }

  private void writeFull() {
    while (waiting.size() >= batch && underWay.size() < AT_ONCE && !failing()) {
      write();
    }
  }

  private Future<Void> write() {
    var next = refused.isEmpty() ? new Batch(next(), 0) : refused.remove();
    var write = new Write(next, Promise.promise());
    underWay.add(write);
    offered(next.records())
        .onComplete(
            written -> {
              underWay.removeIf(one -> one.through() == write.through());
              note(next, written);
              write.through().handle(written);
              writeFull();
            });
    return write.through().future();
  }

  private Future<Void> offered(List<DecisionRecord> records) {
    try {
      return store.apply(records);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void note(Batch offered, AsyncResult<Void> written) {
    if (written.succeeded()) {
      return;
    }
    if (offered.attempts() + 1 < ATTEMPTS) {
      refused.add(new Batch(offered.records(), offered.attempts() + 1));
    } else {
      lost += offered.size();
      LOG.error("{} decisions could not be logged and are lost", offered.size(), written.cause());
    }
  }

  private List<DecisionRecord> next() {
    var records = new ArrayList<DecisionRecord>(Math.min(batch, waiting.size()));
    while (records.size() < batch && !waiting.isEmpty()) {
      records.add(waiting.remove());
    }
    feed.accept(new DecisionsMade(records));
    return records;
  }

  /**
   * Takes the person out of what still waits, where they withdrew their consent. What stays behind
   * says that a page was decided, and nothing about for whom.
   *
   * @return completes, never fails, when no write of before can put anything of them down any more;
   *     one that was under way and is not taken waits again, without the person
   */
  Future<Void> forget(ConsentRecord record) {
    if (record.purposes().allows(Purpose.PERSONALIZATION)) {
      return settled();
    }
    strip(record);
    return settled().onSuccess(done -> strip(record));
  }

  private void strip(ConsentRecord record) {
    var keys = new HashSet<>(record.keys());
    var kept = new ArrayList<DecisionRecord>(waiting.size());
    waiting.forEach(decision -> kept.add(without(keys, decision)));
    waiting.clear();
    waiting.addAll(kept);
    var again = refused.stream().map(one -> one.without(keys)).toList();
    refused.clear();
    refused.addAll(again);
  }

  private static DecisionRecord without(Set<Id128> keys, DecisionRecord decision) {
    return keys.contains(decision.profile()) ? stripped(decision) : decision;
  }

  private static DecisionRecord stripped(DecisionRecord decision) {
    return new DecisionRecord(
        decision.decision(),
        decision.at(),
        decision.site(),
        decision.mode(),
        null,
        decision.page(),
        decision.choices(),
        Map.of(),
        0,
        decision.definitions(),
        decision.micros());
  }

  /** Decisions not yet written. */
  int waiting() {
    return waiting.size() + refused.stream().mapToInt(Batch::size).sum();
  }

  /** Decisions that found the queue full. */
  long shed() {
    return shed;
  }

  /** Decisions that the store never took. */
  long lost() {
    return lost;
  }

  /** Whether there is a batch that the store did not take. */
  boolean failing() {
    return !refused.isEmpty() || underWay.stream().anyMatch(one -> one.batch().attempts() > 0);
  }
}
