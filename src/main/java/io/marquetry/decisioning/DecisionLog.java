package io.marquetry.decisioning;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisioningMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.DecisionsMade;
import io.marquetry.bus.Purposes.Purpose;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes decisions down, off the path on which they are made.
 *
 * <p>What was decided waits in a bounded queue and goes out in batches, one under way at a time: to
 * whoever listens, and to the store. A batch the store does not take is offered again a few times.
 * What does not fit the queue, and what the store never took, is lost and counted; decisions go on.
 */
final class DecisionLog {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
  private static final int ATTEMPTS = 5;

  private final Function<List<DecisionRecord>, Future<Void>> store;
  private final Consumer<DecisionsMade> feed;
  private final int capacity;
  private final int batch;
  private final ArrayDeque<DecisionRecord> waiting = new ArrayDeque<>();
  private List<DecisionRecord> refused = List.of();
  private int attempts;
  private Future<Void> writing = Future.succeededFuture();
  private long shed;
  private long lost;

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
    if (waiting.size() >= batch && writing.isComplete() && refused.isEmpty()) {
      write();
    }
  }

  /** The regular turn: writes what waits, unless a write is under way. */
  void turn() {
    if (writing.isComplete() && waiting() > 0) {
      write();
    }
  }

  /** Completes when everything queued so far is written; fails where the store does not take it. */
  Future<Void> flush() {
    if (!writing.isComplete()) {
      return writing.compose(done -> flush());
    }
    if (waiting() == 0) {
      return Future.succeededFuture();
    }
    write();
    return writing.compose(done -> flush());
  }

  /** Completes, never fails, when the write under way is through. */
  Future<Void> settled() {
    return writing.otherwiseEmpty();
  }

  private void write() {
    var records = refused.isEmpty() ? next() : refused;
    refused = List.of();
    writing = offered(records).andThen(written -> note(records, written));
    writing.onSuccess(
        written -> {
          if (waiting.size() >= batch && writing.isComplete()) {
            write();
          }
        });
  }

  private Future<Void> offered(List<DecisionRecord> records) {
    try {
      return store.apply(records);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void note(List<DecisionRecord> records, AsyncResult<Void> written) {
    if (written.succeeded()) {
      attempts = 0;
    } else {
      refuse(records, written.cause());
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

  private void refuse(List<DecisionRecord> records, Throwable cause) {
    if (++attempts < ATTEMPTS) {
      refused = records;
      return;
    }
    attempts = 0;
    lost += records.size();
    LOG.error("{} decisions could not be logged and are lost", records.size(), cause);
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
    waiting.forEach(
        decision -> kept.add(keys.contains(decision.profile()) ? stripped(decision) : decision));
    waiting.clear();
    waiting.addAll(kept);
    refused =
        refused.stream()
            .map(decision -> keys.contains(decision.profile()) ? stripped(decision) : decision)
            .toList();
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
    return waiting.size() + refused.size();
  }

  /** Decisions that found the queue full. */
  long shed() {
    return shed;
  }

  /** Decisions that the store never took. */
  long lost() {
    return lost;
  }

  /** Whether the store did not take the last batch it was offered. */
  boolean failing() {
    return attempts > 0;
  }
}
