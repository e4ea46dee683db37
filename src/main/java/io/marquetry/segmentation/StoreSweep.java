package io.marquetry.segmentation;

import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.ProfileStore.Listed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Brings the profiles that are in the store alone up to a new plan, a small page at a time, so that
 * the sizes of segments come right for them too.
 *
 * <p>It has nothing to do where everybody is in memory. A newer plan makes it begin anew.
 */
final class StoreSweep {
  private static final int PAGE = 200;
  private static final long PAUSE_MILLIS = 20;
  private static final long RETRY_MILLIS = 1_000;

  private final Holdings held;
  private final BooleanSupplier notYet;
  private final Function<GetSnapshots, Future<Profiles>> fetch;
  private int round;

  /**
   * @param notYet whether profiles are being read into memory still
   * @param fetch brings profiles up to now, from memory or the store
   */
  StoreSweep(
      Holdings held, BooleanSupplier notYet, Function<GetSnapshots, Future<Profiles>> fetch) {
    this.held = held;
    this.notYet = notYet;
    this.fetch = fetch;
  }

  /** Begins with the first profile. */
  void begin() {
    later(++round, Holdings.FIRST, PAUSE_MILLIS);
  }

  void stop() {
    round++;
  }

  private void later(int mine, Id128 after, long pause) {
    held.vertx().setTimer(pause, timer -> page(mine, after));
  }

  private void page(int mine, Id128 after) {
    if (mine != round || (held.owner().isComplete() && !notYet.getAsBoolean())) {
      return;
    }
    if (notYet.getAsBoolean() || !held.mayWork()) {
      later(mine, after, RETRY_MILLIS);
      return;
    }
    held.list(after, PAGE)
        .compose(rows -> align(rows).map(rows))
        .onComplete(
            rows -> {
              if (rows.failed()) {
                later(mine, after, RETRY_MILLIS);
              } else if (rows.result().size() == PAGE) {
                later(mine, rows.result().getLast().profile(), PAUSE_MILLIS);
              }
            });
  }

  private Future<?> align(List<Listed> rows) {
    var stale = new ArrayList<Id128>();
    for (var row : rows) {
      if (!row.current() && !held.owner().has(row.profile())) {
        stale.add(row.profile());
      }
    }
    return stale.isEmpty() ? Future.succeededFuture() : fetch.apply(new GetSnapshots(stale));
  }
}
