package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Patience;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches profiles that had to leave memory from their owners, when a page asks for them again.
 *
 * <p>One ask to an owner is under way at a time; who is asked for meanwhile goes with the next one,
 * so the more are wanted the more go together. A page waits no longer than its time, and what comes
 * too late for it is there for the next one. Who waits is bounded; beyond the bound pages go
 * without.
 *
 * <p>Used on the instance's own event loop.
 */
final class ProfileRecall {
  static final int MAX_WAITING = 2_000;
  private static final int AT_ONCE = 200;

  private final Vertx vertx;
  private final Bus bus;
  private final int owners;
  private final long patienceMillis;
  private final Consumer<ProfileSnapshot> keep;
  private final Map<Id128, Promise<Void>> waiting = new HashMap<>();
  private final Map<Integer, List<Id128>> next = new TreeMap<>();
  private final Map<Integer, List<Id128>> asked = new TreeMap<>();
  private long recalled;
  private long late;
  private long shed;

  /**
   * @param owners how many instances of segmentation there are
   * @param patienceMillis how long a page waits for a profile
   * @param keep is given each profile that comes
   */
  ProfileRecall(
      Vertx vertx, Bus bus, int owners, long patienceMillis, Consumer<ProfileSnapshot> keep) {
    this.vertx = vertx;
    this.bus = bus;
    this.owners = owners;
    this.patienceMillis = patienceMillis;
    this.keep = keep;
  }

  /**
   * Completes when all that is stored of a visitor is held, be it nothing; fails where it does not
   * come in time, cannot be had, or too many wait.
   *
   * @param leftMillis what the page has left, where that is less than the patience with a profile
   */
  Future<Void> recall(Id128 profile, long leftMillis) {
    long patience = Math.clamp(leftMillis, 1, patienceMillis);
    var known = waiting.get(profile);
    if (known != null) {
      return inTime(known, patience);
    }
    if (waiting.size() >= MAX_WAITING) {
      shed++;
      return Future.failedFuture(new Refused(Reason.OVERLOADED, "too many profiles are fetched"));
    }
    var promise = Promise.<Void>promise();
    waiting.put(profile, promise);
    int owner = Shards.owner(profile, owners);
    next.computeIfAbsent(owner, first -> new ArrayList<>()).add(profile);
    askNext(owner);
    return inTime(promise, patience);
  }

  private Future<Void> inTime(Promise<Void> promise, long millis) {
    var answer = promise.future();
    return answer.isComplete()
        ? answer
        : Patience.limit(vertx, answer, millis)
            .onFailure(cause -> late += promise.future().isComplete() ? 0 : 1);
  }

  private void askNext(int owner) {
    var wanted = next.get(owner);
    if (wanted == null || asked.containsKey(owner)) {
      return;
    }
    var part = wanted.subList(0, Math.min(AT_ONCE, wanted.size()));
    var ids = List.copyOf(part);
    part.clear();
    if (wanted.isEmpty()) {
      next.remove(owner);
    }
    asked.put(owner, ids);
    bus.ask(Addresses.SNAPSHOTS.to(owner), new GetSnapshots(ids))
        .onComplete(
            outcome -> {
              asked.remove(owner);
              if (outcome.succeeded()) {
                outcome.result().profiles().forEach(this::held);
              }
              ids.forEach(id -> settle(id, outcome.cause()));
              askNext(owner);
            });
  }

  private void held(ProfileSnapshot snapshot) {
    var promise = waiting.remove(snapshot.profile());
    if (promise != null) {
      recalled++;
      keep.accept(snapshot);
      promise.complete();
    }
  }

  /** Whoever was asked for and did not come has no profile, or the owner gave no answer. */
  private void settle(Id128 profile, @Nullable Throwable cause) {
    var promise = waiting.remove(profile);
    if (promise != null && cause == null) {
      promise.complete();
    } else if (promise != null) {
      promise.fail(cause);
    }
  }

  /** A profile is gone: what is still on its way of it is passed over. */
  void forget(Id128 profile) {
    settle(profile, null);
  }

  /** Profiles fetched and held. */
  long recalled() {
    return recalled;
  }

  /** Pages that went on before their profile came. */
  long late() {
    return late;
  }

  /** Pages that went without because too many waited. */
  long shed() {
    return shed;
  }
}
