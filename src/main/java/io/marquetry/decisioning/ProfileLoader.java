package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Ticks;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the profiles an instance owns back from segmentation after a start, a page at a time, in
 * the background. Where segmentation gives no answer it asks again every second.
 */
final class ProfileLoader {
  private static final Logger LOG = LoggerFactory.getLogger(ProfileLoader.class);
  private static final int PAGE = 500;
  private static final long ASK_AGAIN_MILLIS = 1_000;

  private final Vertx vertx;
  private final Ticks ticks;
  private final Bus bus;
  private final Visitors visitors;
  private final Queue<Integer> owners = new ArrayDeque<>();
  private @Nullable Id128 after;
  private boolean complete = true;
  private boolean unanswered;
  private long begun;
  private long tookMillis;
  private boolean stopped;

  /**
   * @param instance of decisioning, one of {@code instances}
   * @param segmentations how many instances of segmentation there are
   */
  ProfileLoader(
      Vertx vertx,
      Ticks ticks,
      Bus bus,
      Visitors visitors,
      int instance,
      int instances,
      int segmentations) {
    this.vertx = vertx;
    this.ticks = ticks;
    this.bus = bus;
    this.visitors = visitors;
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      int owner = shard % segmentations;
      if (shard % instances == instance && !owners.contains(owner)) {
        owners.add(owner);
      }
    }
  }

  void start() {
    begun = ticks.nanos();
    next();
  }

  void stop() {
    stopped = true;
  }

  /** How long it took to read them all; 0 while they are still coming. */
  long tookMillis() {
    return tookMillis;
  }

  /** Whether segmentation gave no answer when last asked. */
  boolean unanswered() {
    return unanswered;
  }

  private void next() {
    var owner = owners.peek();
    if (stopped) {
      return;
    }
    if (owner == null) {
      visitors.endLoading(complete);
      tookMillis = Math.max(1, (ticks.nanos() - begun) / 1_000_000);
      LOG.info("{} profiles are held after {} ms", visitors.cache().size(), tookMillis);
      return;
    }
    bus.ask(Addresses.PROFILES.to(owner), new ListProfiles(after, PAGE))
        .onComplete(
            page -> {
              if (page.succeeded()) {
                take(page.result());
              } else {
                retry(page.cause());
              }
            });
  }

  private void take(Profiles page) {
    unanswered = false;
    var profiles = page.profiles();
    if (profiles.size() < PAGE) {
      profiles.forEach(visitors::load);
      owners.remove();
      complete &= page.complete();
      after = null;
      next();
    } else {
      after = profiles.getLast().profile();
      next(); // the owner makes the next page while this one is taken over
      profiles.forEach(visitors::load);
    }
  }

  private void retry(Throwable cause) {
    if (!unanswered) {
      LOG.warn("profiles cannot be read from segmentation yet: {}", text(cause));
    }
    unanswered = true;
    vertx.setTimer(ASK_AGAIN_MILLIS, timer -> next());
  }

  private static String text(Throwable cause) {
    return cause instanceof Refused refused ? refused.text() : cause.toString();
  }
}
