package io.marquetry.catalogue;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Lets one piece of asynchronous work begin when the one before it is done; bounded. */
final class Turns {
  private final int most;
  private Future<?> last = Future.succeededFuture();
  private int waiting;

  Turns(int most) {
    this.most = most;
  }

  /** Does the work when its turn comes; refused where too much waits already. */
  <T> Future<T> take(Supplier<Future<T>> work) {
    if (waiting >= most) {
      return Future.failedFuture(
          new Refused(Reason.OVERLOADED, "too many changes at once; try again"));
    }
    waiting++;
    var mine = last.transform(before -> guarded(work)).andThen(done -> waiting--);
    last = mine;
    return mine;
  }

  private static <T> Future<T> guarded(Supplier<Future<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
