package io.marquetry.platform;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeoutException;

/**
 * Waits for work no longer than a bound.
 *
 * <p>Measured by a timer of the caller's own loop. {@link Future#timeout} is not: where a future
 * belongs to no context it runs out on a thread of its own, and what follows with it.
 */
public final class Patience {
  private Patience() {}

  /** The outcome of the work, or a {@link TimeoutException} where that takes too long. */
  public static <T> Future<T> limit(Vertx vertx, Future<T> work, long millis) {
    if (work.isComplete()) {
      return work;
    }
    var outcome = Promise.<T>promise();
    long timer =
        vertx.setTimer(
            millis,
            fired -> outcome.tryFail(new TimeoutException("no outcome in " + millis + " ms")));
    work.onComplete(
        done -> {
          vertx.cancelTimer(timer);
          if (done.succeeded()) {
            outcome.tryComplete(done.result());
          } else {
            outcome.tryFail(done.cause());
          }
        });
    return outcome.future();
  }
}
