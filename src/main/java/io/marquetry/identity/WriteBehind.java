package io.marquetry.identity;

import io.marquetry.identity.core.Change;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what was learnt a little later than it takes effect, in batches, in order.
 *
 * <p>What is lost with a crash is learnt again from the log, which is replayed from the stored
 * position. While the database does not answer, changes wait, up to a bound.
 */
final class WriteBehind {
  private static final Logger LOG = LoggerFactory.getLogger(WriteBehind.class);
  static final int MAX_WAITING = 100_000;
  private static final int BATCH = 5_000;

  private final IdentityStore store;
  private final List<Change> waiting = new ArrayList<>();
  private long reached;
  private long stored;
  private boolean failing;
  private Future<Void> flushing = Future.succeededFuture();

  WriteBehind(IdentityStore store, long stored) {
    this.store = store;
    this.stored = stored;
    this.reached = stored;
  }

  /** The position up to which everything is stored. */
  long stored() {
    return stored;
  }

  boolean isFull() {
    return waiting.size() >= MAX_WAITING;
  }

  boolean isFailing() {
    return failing;
  }

  /** All that the events up to a position showed is known; what is new of it is given here. */
  void add(List<Change> changes, long position) {
    waiting.addAll(changes);
    reached = Math.max(reached, position);
  }

  /** Stores what waits; one batch at a time. Completes when it is stored or the attempt failed. */
  Future<Void> flush() {
    if (flushing.isComplete() && reached > stored) {
      flushing = storeBatch();
    }
    return flushing;
  }

  private Future<Void> storeBatch() {
    int n = batch();
    long position = n == waiting.size() ? reached : waiting.get(n - 1).position();
    return store
        .store(List.copyOf(waiting.subList(0, n)), position)
        .compose(
            done -> {
              failing = false;
              waiting.subList(0, n).clear();
              stored = position;
              return waiting.isEmpty() ? Future.<Void>succeededFuture() : storeBatch();
            })
        .recover(this::fail);
  }

  /** Never cuts between two changes of one event. */
  private int batch() {
    int n = Math.min(BATCH, waiting.size());
    while (n > 0
        && n < waiting.size()
        && waiting.get(n).position() == waiting.get(n - 1).position()) {
      n++;
    }
    return n;
  }

  private Future<Void> fail(Throwable cause) {
    if (!failing) {
      failing = true;
      LOG.warn("what was learnt about identities waits to be stored: {}", cause.toString());
    }
    return Future.succeededFuture();
  }
}
