package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.platform.Ticks;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the stored profiles into memory after a start, as many as fit, while everything else goes
 * on: an event for somebody who is not here yet fetches them.
 *
 * <p>Nothing waits for it, so it takes no more than half of the loop's time: it reads small pages,
 * rests after each as long as it took, and gives way while decisions take over what they need.
 * Where somebody is dropped meanwhile a page may hold a state that has moved on, and memory is full
 * anyway: it ends there.
 */
final class Filling {
  private static final Logger LOG = LoggerFactory.getLogger(Filling.class);
  private static final int PAGE = 50;
  private static final long LATER_MILLIS = 100;

  private final Holdings held;
  private final ProfileOwner owner;
  private final Ticks ticks;
  private final Runnable publish;
  private final Promise<Void> done = Promise.promise();
  private BooleanSupplier giveWay = () -> false;
  private int room;
  private long lacking;
  private boolean failing;

  /**
   * @param publish tells of what changed
   */
  Filling(Holdings held, Ticks ticks, Runnable publish) {
    this.held = held;
    this.owner = held.owner();
    this.ticks = ticks;
    this.publish = publish;
  }

  /**
   * Counts who is in which segment, which must be known before anything changes.
   *
   * @param most how many profiles to keep in memory
   */
  Future<Void> count(int most) {
    room = most;
    owner.beginFilling();
    return held.store()
        .sizes(held.shards())
        .map(
            sizes -> {
              sizes.forEach((segments, many) -> owner.count(ShownText.keys(segments), many));
              return null;
            });
  }

  /**
   * Completes when as many as fit are in memory.
   *
   * @param waiting whether somebody has more use for the loop now
   */
  Future<Void> start(BooleanSupplier waiting) {
    giveWay = waiting;
    lacking = owner.lacking();
    read(Holdings.FIRST);
    return done.future();
  }

  boolean isWorking() {
    return !done.future().isComplete();
  }

  /** Whether the store gave no answer when last asked. */
  boolean failing() {
    return failing;
  }

  private void read(Id128 after) {
    if (giveWay.getAsBoolean()) {
      held.vertx().setTimer(LATER_MILLIS, later -> read(after));
      return;
    }
    held.readBehind(after, PAGE)
        .onComplete(
            page -> {
              failing = page.failed();
              if (page.succeeded()) {
                take(page.result());
              } else {
                LOG.warn("profiles cannot be read: {}", page.cause().toString());
                held.vertx().setTimer(LATER_MILLIS, later -> read(after));
              }
            });
  }

  private void take(List<StoredProfile> page) {
    long begun = ticks.nanos();
    boolean whole = owner.lacking() == lacking && owner.size() + page.size() <= room;
    if (whole) {
      long now = held.now();
      page.forEach(profile -> owner.load(profile, now));
      publish.run();
    }
    if (whole && page.size() == PAGE) {
      var last = page.getLast().profile();
      long rest = Math.max(1, (ticks.nanos() - begun) / 1_000_000);
      held.vertx().setTimer(rest, rested -> read(last));
      return;
    }
    owner.endFilling(whole);
    LOG.info("{} profiles are in memory", owner.size());
    done.complete();
  }
}
