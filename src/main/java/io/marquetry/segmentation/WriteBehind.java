package io.marquetry.segmentation;

import io.marquetry.kit.Shards;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.ProfileStore.Line;
import io.marquetry.segmentation.core.Cut;
import io.marquetry.segmentation.core.ProfileOwner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what changed, a little later and all together.
 *
 * <p>One flush is under way at a time. A visitor's events come in bursts, so it waits for more of
 * them instead of writing the same profile again and again; a crash costs no more than reading that
 * much of the log again. It makes rows of a few profiles a turn and spreads the turns over half the
 * time to the next flush, so that beacons find the loop and the disk free. Many rows go in several
 * transactions before the one with the checkpoint, each right by itself because every row names its
 * own position. What could not be stored stays changed and is tried again, less and less often.
 */
final class WriteBehind {
  private static final Logger LOG = LoggerFactory.getLogger(WriteBehind.class);
  private static final int ROWS_A_TURN = 50;
  private static final int ROWS_A_COMMIT = 250;
  private static final int LONGEST_PAUSE_FLUSHES = 5;
  private static final long LONGEST_BREATH = 50;

  private final Vertx vertx;
  private final ProfileOwner owner;
  private final ProfileStore store;
  private final LongSupplier clock;
  private final long every;
  private Future<Void> running = Future.succeededFuture();
  private int failures;
  private boolean stopped;

  WriteBehind(
      Vertx vertx, ProfileOwner owner, ProfileStore store, LongSupplier clock, Duration every) {
    this.clock = clock;
    this.vertx = vertx;
    this.owner = owner;
    this.store = store;
    this.every = every.toMillis();
  }

  void start() {
    long pause = every * Math.clamp(failures, 1, LONGEST_PAUSE_FLUSHES);
    vertx.setTimer(
        Math.max(1, pause),
        timer -> {
          if (!stopped) {
            flush().onComplete(done -> start());
          }
        });
  }

  /** How many flushes in a row failed. */
  int failures() {
    return failures;
  }

  /** Stores everything changed so far; never fails, see {@link #failures}. */
  Future<Void> flush() {
    running = running.compose(before -> flushNow());
    return running;
  }

  /** Ends the flushing with a last one. */
  Future<Void> stop() {
    stopped = true;
    return flush();
  }

  private Future<Void> flushNow() {
    var cut = owner.cut();
    if (cut == null) {
      return Future.succeededFuture();
    }
    return store
        .savePasses(cut.definitions())
        .compose(defined -> write(cut, breath(cut)))
        .compose(written -> store.savePasses(cut.progress()))
        .transform(
            outcome -> {
              if (outcome.succeeded()) {
                failures = 0;
                owner.saved(cut);
              } else {
                failures++;
                owner.notSaved(cut);
                LOG.warn(
                    "{} profiles could not be stored and wait: {}",
                    cut.size(),
                    outcome.cause().toString());
              }
              return Future.succeededFuture();
            });
  }

  /** How long to leave the loop alone between two turns, in milliseconds. */
  private long breath(Cut cut) {
    return Math.min(LONGEST_BREATH, every * ROWS_A_TURN / 2 / Math.max(ROWS_A_TURN, cut.size()));
  }

  private Future<Void> write(Cut cut, long breath) {
    return lines(cut, breath)
        .compose(
            lines ->
                lines.size() < ROWS_A_COMMIT
                    ? store.save(lines, cut.positions())
                    : store.save(lines, Map.of()).compose(done -> write(cut, breath)));
  }

  /** The next lines to commit, fewer than a full commit only at the end. */
  private Future<List<Line>> lines(Cut cut, long breath) {
    var lines = new ArrayList<Line>();
    var done = Promise.<List<Line>>promise();
    take(cut, breath, lines, done);
    return done.future();
  }

  private void take(Cut cut, long breath, List<Line> lines, Promise<List<Line>> done) {
    var rows = owner.rows(cut, ROWS_A_TURN, clock.getAsLong());
    for (var row : rows) {
      lines.add(
          new Line(
              row.profile(),
              row.site(),
              Shards.of(row.profile()),
              row.position(),
              row.due(),
              row.mergedInto(),
              Buffer.buffer(Json.write(row.state())),
              ShownText.write(row.shownBy(), row.shown())));
    }
    if (rows.size() < ROWS_A_TURN || lines.size() >= ROWS_A_COMMIT) {
      done.complete(lines);
    } else if (breath > 0 && !stopped) {
      vertx.setTimer(breath, next -> take(cut, breath, lines, done));
    } else {
      vertx.runOnContext(next -> take(cut, breath, lines, done));
    }
  }
}
