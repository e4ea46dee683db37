package io.marquetry.segmentation;

import io.marquetry.segmentation.core.Moment;
import io.marquetry.segmentation.core.ProfileOwner;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Wakes up when time alone changes a membership, so that leaving a segment needs no event.
 *
 * <p>One timer, for the earliest profile. What is due at once is worked off a few profiles a turn.
 */
final class DueTimer {
  private static final int PROFILES_A_TURN = 200;
  private static final long LONGEST_SLEEP = 60_000;
  private static final long CONSENT_PAUSE = 1_000;

  private final Vertx vertx;
  private final ProfileOwner owner;
  private final Supplier<Moment> clock;
  private final Runnable publish;
  private long wakeAt = Long.MAX_VALUE;
  private long timer = -1;

  /**
   * @param publish tells of what changed
   */
  DueTimer(Vertx vertx, ProfileOwner owner, Supplier<Moment> clock, Runnable publish) {
    this.vertx = vertx;
    this.owner = owner;
    this.clock = clock;
    this.publish = publish;
  }

  /** Sees to it that the earliest profile is looked at in time. */
  void arm() {
    long next = owner.nextDue();
    if (next < wakeAt) {
      sleepUntil(next, clock.get().now());
    }
  }

  private void sleepUntil(long moment, long now) {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    wakeAt = moment;
    long pause = Math.clamp(moment - now, 1, LONGEST_SLEEP);
    timer = vertx.setTimer(pause, fired -> wake());
  }

  private void wake() {
    timer = -1;
    wakeAt = Long.MAX_VALUE;
    var moment = clock.get();
    if (!owner.mayWork(moment)) {
      sleepUntil(moment.now() + CONSENT_PAUSE, moment.now());
      return;
    }
    boolean more = owner.expire(moment, PROFILES_A_TURN);
    publish.run();
    if (more) {
      wakeAt = moment.now();
      vertx.runOnContext(next -> wake());
    } else {
      arm();
    }
  }
}
