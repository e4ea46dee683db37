package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.Moment;
import io.marquetry.segmentation.core.ProfileOwner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Brings all profiles up to a new plan, a few a turn; events go on being applied in between, to
 * profiles that are brought up to it first.
 *
 * <p>A newer plan takes the place of one that is still being worked through.
 */
final class Realigner {
  /** Up to so many profiles whoever changed a definition waits until it is true of all of them. */
  private static final int AWAITED = 10_000;

  private static final int PROFILES_A_TURN = 200;
  private static final long CONSENT_PAUSE = 1_000;

  private final Vertx vertx;
  private final ProfileOwner owner;
  private final Supplier<Moment> clock;
  private final Runnable publish;
  private int round;
  private boolean tellAll;
  private boolean working;
  private Future<Void> latest = Future.succeededFuture();

  Realigner(Vertx vertx, ProfileOwner owner, Supplier<Moment> clock, Runnable publish) {
    this.vertx = vertx;
    this.owner = owner;
    this.clock = clock;
    this.publish = publish;
  }

  /** Completes when all profiles are through, however many. */
  Future<Void> settled() {
    return latest;
  }

  boolean isWorking() {
    return working;
  }

  /**
   * Begins with all profiles; completes when they are through, at once where they are many or
   * consent is not known.
   *
   * @param tell whether decisions read other fields now
   */
  Future<Void> run(boolean tell) {
    tellAll = tell || (working && tellAll);
    working = true;
    var work = new Work(++round, owner.views().ids());
    latest = work.done.future();
    work.turn();
    return work.ids.length <= AWAITED && owner.mayWork(clock.get())
        ? work.done.future()
        : Future.succeededFuture();
  }

  private final class Work {
    private final int mine;
    private final Id128[] ids;
    private final Promise<Void> done = Promise.promise();
    private int next;

    Work(int mine, Id128[] ids) {
      this.mine = mine;
      this.ids = ids;
    }

    void turn() {
      if (mine != round) {
        done.complete(); // a newer plan is being made true of everybody
        return;
      }
      var moment = clock.get();
      if (!owner.mayWork(moment)) {
        vertx.setTimer(CONSENT_PAUSE, later -> turn());
        return;
      }
      int end = Math.min(ids.length, next + PROFILES_A_TURN);
      for (; next < end; next++) {
        owner.realign(ids[next], tellAll, moment);
      }
      publish.run();
      if (next < ids.length) {
        vertx.runOnContext(later -> turn());
      } else {
        working = false;
        done.complete();
      }
    }
  }
}
