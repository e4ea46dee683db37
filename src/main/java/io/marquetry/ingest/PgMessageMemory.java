package io.marquetry.ingest;

import io.micrometer.core.instrument.FunctionCounter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.micrometer.backends.BackendRegistries;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets which messages came, once nobody sends them again any more.
 *
 * <p>Works on a connection of its own, a few thousand rows at a time with a pause between, so that
 * no commit waits for it; what a night leaves undone the next hour does.
 */
final class PgMessageMemory {
  private static final Logger LOG = LoggerFactory.getLogger(PgMessageMemory.class);
  private static final int AT_ONCE = 2_000;
  private static final long PAUSE_MILLIS = 200;
  private static final long LOOK_MILLIS = 3_600_000;

  private static final String FORGET =
      """
      delete from message_seen where ctid = any(array(
        select ctid from message_seen where seen < $1 limit $2))
      """;

  private final Vertx vertx;
  private final Pool pool;
  private final InstantSource clock;
  private final Duration window;
  private long forgotten;
  private boolean stopped;

  /**
   * @param window how long a message is remembered
   */
  PgMessageMemory(Vertx vertx, Pool pool, InstantSource clock, Duration window) {
    this.vertx = vertx;
    this.pool = pool;
    this.clock = clock;
    this.window = window;
  }

  void start() {
    var registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      FunctionCounter.builder("marquetry.messages.forgotten", this, memory -> memory.forgotten)
          .description("messages that are not known as repeated any more")
          .register(registry);
    }
    later(PAUSE_MILLIS);
  }

  void stop() {
    stopped = true;
  }

  private void later(long millis) {
    if (!stopped) {
      vertx.setTimer(millis, timer -> work());
    }
  }

  private void work() {
    if (stopped) {
      return;
    }
    forget()
        .onFailure(cause -> LOG.warn("old messages stay for now: {}", cause.toString()))
        .onComplete(
            done -> {
              boolean more = done.succeeded() && done.result() == AT_ONCE;
              later(more ? PAUSE_MILLIS : LOOK_MILLIS);
            });
  }

  /** Forgets some of what lies behind the window; how many. */
  Future<Integer> forget() {
    var day = LocalDate.ofInstant(clock.instant().minus(window), ZoneOffset.UTC);
    return pool.preparedQuery(FORGET)
        .execute(Tuple.of(day, AT_ONCE))
        .map(SqlResult::rowCount)
        .onSuccess(rows -> forgotten += rows);
  }
}
