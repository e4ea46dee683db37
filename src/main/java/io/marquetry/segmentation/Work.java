package io.marquetry.segmentation;

import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.Filled;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfileView;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import io.marquetry.bus.SegmentationMessage.Reset;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Has the owner do what comes in, one thing after the other, with the profiles in memory that it
 * needs; what changed is told before the asker is answered.
 */
final class Work {
  private static final int DUE_AT_ONCE = 500;
  private static final int MAX_ASKED = 1_000;

  private final Lane lane;
  private final Holdings held;
  private final ProfileOwner owner;
  private final Runnable publish;
  private Id128 lastDue = Holdings.FIRST;

  /**
   * @param publish tells of what changed
   */
  Work(Lane lane, Holdings held, Runnable publish) {
    this.lane = lane;
    this.held = held;
    this.owner = held.owner();
    this.publish = publish;
  }

  Future<Applied> apply(Apply batch) {
    return lane.run(
        () -> {
          var missing = owner.missing(batch.events());
          return missing.isEmpty()
              ? Future.succeededFuture(applyNow(batch))
              : fetch(missing).map(fetched -> applyNow(batch));
        });
  }

  private Applied applyNow(Apply batch) {
    var applied = owner.apply(batch.events(), held.moment());
    owner.drop();
    publish.run();
    return applied;
  }

  /** Fills in a page of the past. */
  Future<Filled> fill(Fill page) {
    return lane.run(
        () -> {
          var missing = owner.missing(page);
          return missing.isEmpty()
              ? Future.succeededFuture(fillNow(page))
              : fetch(missing).map(fetched -> fillNow(page));
        });
  }

  private Filled fillNow(Fill page) {
    var later = owner.fill(page, held.moment());
    owner.drop();
    publish.run();
    return new Filled(later);
  }

  Future<Released> release(Release release) {
    return lane.run(
        () ->
            owner.has(release.from())
                ? Future.succeededFuture(releaseNow(release, List.of()))
                : held.store()
                    .read(Set.of(release.from()))
                    .map(found -> releaseNow(release, found)));
  }

  private Released releaseNow(Release release, List<StoredProfile> found) {
    load(found);
    var released = owner.release(release, found.isEmpty() ? null : found.getFirst());
    publish.run();
    return released;
  }

  Future<Done> adopt(Adopt adopt) {
    return lane.run(
        () ->
            owner.isComplete() || owner.has(adopt.into())
                ? Future.succeededFuture(adoptNow(adopt))
                : fetch(Set.of(adopt.into())).map(fetched -> adoptNow(adopt)));
  }

  private Done adoptNow(Adopt adopt) {
    owner.adopt(adopt, held.moment());
    publish.run();
    return Done.DONE;
  }

  Future<Done> reset(Reset reset) {
    var id = reset.profile();
    return lane.run(
        () ->
            owner.has(id)
                ? Future.succeededFuture(resetNow(reset, List.of()))
                : held.store().read(Set.of(id)).map(found -> resetNow(reset, found)));
  }

  private Done resetNow(Reset reset, List<StoredProfile> found) {
    load(found);
    owner.renewals().reset(reset, found.isEmpty() ? null : found.getFirst());
    publish.run();
    return Done.DONE;
  }

  Future<Done> rebuild(Rebuild rebuild) {
    return lane.run(
        () ->
            owner.isComplete() || owner.has(rebuild.into())
                ? Future.succeededFuture(rebuildNow(rebuild))
                : fetch(Set.of(rebuild.into())).map(fetched -> rebuildNow(rebuild)));
  }

  private Done rebuildNow(Rebuild rebuild) {
    owner.renewals().rebuild(rebuild, held.moment());
    publish.run();
    return Done.DONE;
  }

  /**
   * Some profiles for decisions; those in the store alone are fetched and brought up to now first.
   * Whoever has no profile, or one that went up in another, is not in the answer.
   */
  Future<Profiles> snapshots(GetSnapshots asked) {
    if (asked.profiles().size() > MAX_ASKED) {
      throw new Refused(Refused.Reason.INVALID, "at most " + MAX_ASKED + " profiles at once");
    }
    return owner.isComplete()
        ? Future.succeededFuture(snapshotsNow(asked))
        : lane.run(() -> fetchAbsent(asked).map(absent -> wakeAndShow(absent, asked)));
  }

  private Future<Set<Id128>> fetchAbsent(GetSnapshots asked) {
    var absent = new TreeSet<>(asked.profiles());
    absent.removeIf(owner::has);
    return absent.isEmpty() ? Future.succeededFuture(absent) : fetch(absent).map(fetched -> absent);
  }

  /** Shown before anything is dropped: what was asked for may be what was used least recently. */
  private Profiles wakeAndShow(Set<Id128> fetched, GetSnapshots asked) {
    var moment = held.moment();
    fetched.forEach(id -> owner.realign(id, false, moment));
    var snapshots = snapshotsNow(asked);
    owner.drop();
    publish.run();
    return snapshots;
  }

  private Profiles snapshotsNow(GetSnapshots asked) {
    long now = held.now();
    var snapshots = new ArrayList<ProfileSnapshot>();
    for (var id : asked.profiles()) {
      var snapshot = owner.views().snapshot(id, now);
      if (snapshot != null) {
        snapshots.add(snapshot);
      }
    }
    return new Profiles(snapshots, owner.isComplete());
  }

  /** What is held of a profile, in memory or in the store alone. */
  Future<ProfileView> show(GetProfile asked) {
    long now = held.now();
    return owner.has(asked.profile())
        ? Future.succeededFuture(new ProfileView(owner.views().show(asked.profile(), now)))
        : held.store().read(Set.of(asked.profile())).map(found -> view(found, now));
  }

  private ProfileView view(List<StoredProfile> found, long now) {
    return new ProfileView(found.isEmpty() ? null : owner.views().show(found.getFirst(), now));
  }

  /** Fetches profiles that are due and only in the store, some at a time, over and over. */
  void fetchDue() {
    if (owner.isComplete()) {
      return;
    }
    var unused =
        lane.run(
            () ->
                held.store()
                    .readDue(held.shards(), lastDue, DUE_AT_ONCE, held.now())
                    .onSuccess(
                        found -> {
                          boolean more = found.size() == DUE_AT_ONCE;
                          lastDue = more ? found.getLast().profile() : Holdings.FIRST;
                          load(found);
                          publish.run();
                        }));
  }

  private Future<Void> fetch(Set<Id128> profiles) {
    return held.store()
        .read(profiles)
        .map(
            found -> {
              load(found);
              return null;
            });
  }

  private void load(List<StoredProfile> found) {
    long now = held.now();
    found.forEach(one -> owner.load(one, now));
  }
}
