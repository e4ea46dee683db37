package io.marquetry.segmentation;

import io.marquetry.bus.Refused;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Work that has to be done in the order in which it came, though some of it waits for the store.
 *
 * <p>To be used on one event loop. Work that need not wait, with nothing before it, is done on the
 * spot.
 */
final class Lane {
  private static final int MAX_WAITING = 1_000;

  private Future<Void> last = Future.succeededFuture();
  private int waiting;

  /** Does the work when all that came before is done, whatever became of that. */
  <T> Future<T> run(Supplier<Future<T>> work) {
    if (waiting >= MAX_WAITING) {
      return Future.failedFuture(
          new Refused(Refused.Reason.OVERLOADED, "too much waits for the store of profiles"));
    }
    waiting++;
    var done = last.isComplete() ? attempt(work) : last.compose(before -> attempt(work));
    last =
        done.transform(
            outcome -> {
              waiting--;
              return Future.succeededFuture();
            });
    return done;
  }

  /** Completes when nothing that came until now is under way any more. */
  Future<Void> settled() {
    return last;
  }

  private static <T> Future<T> attempt(Supplier<Future<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
