package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.NOON;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Reset;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Two owners, their store, a log with joins, and whoever fills in the past: everything may happen
 * between two steps of anything else, crashes included.
 */
final class FilledWorld {
  static final int OWNERS = 2;

  final Random random;
  final ConsentView consents = new ConsentView();
  final List<ProfileOwner> owners = new ArrayList<>();
  final JoinedLog log = new JoinedLog();
  private final OwnersStore store = new OwnersStore();
  private final PastFiller filler = new PastFiller(this);
  private final PastTeller teller = new PastTeller(this);
  private @Nullable Catalogue catalogue;
  private int delivered;
  private boolean isMoved;
  private int awaited;
  private @Nullable Adopt moving;
  long now = NOON;

  FilledWorld(Random random) {
    this.random = random;
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    boot();
  }

  Moment moment() {
    return new Moment(now, 0);
  }

  ProfileOwner owner(Id128 profile) {
    return owners.get(Shards.owner(profile, OWNERS));
  }

  /** Everything in memory is lost. */
  void boot() {
    owners.clear();
    moving = null;
    isMoved = false;
    for (int i = 0; i < OWNERS; i++) {
      var ownership = new Ownership(i, OWNERS);
      var owner = new ProfileOwner(ownership, Limits.DEFAULT, consents, Visits.DEVICES);
      owners.add(owner);
      store.restore(owner, ownership);
    }
    store.profiles().forEach(stored -> owner(stored.profile()).load(stored, now));
    owners.forEach(this::replan);
    long least = Long.MAX_VALUE;
    for (var owner : owners) {
      least = Math.min(least, owner.checkpoint());
    }
    awaited = log.size();
    delivered = 0;
    while (delivered < log.size() && log.get(delivered).position() <= least) {
      delivered++;
    }
  }

  void define(Catalogue newest) {
    catalogue = newest;
    owners.forEach(this::replan);
  }

  void replan(ProfileOwner owner) {
    if (catalogue != null) {
      owner.define(PlanCompiler.compile(catalogue, owner.passes()));
      if (random.nextBoolean()) {
        realign(owner);
      }
    }
  }

  private void realign(ProfileOwner owner) {
    for (var id : owner.views().ids()) {
      owner.realign(id, false, moment());
    }
  }

  /** Something happens; sometimes it shows that two devices are one visitor. */
  void happen(Event event, Id128 device, @Nullable Id128 same) {
    log.happen(event, device, same);
  }

  /** Somebody takes a join back. */
  void part(Event order) {
    var split = log.part(order, random);
    if (split != null) {
      teller.tellOf(split);
    }
  }

  /** One step of telling both sides of a split their past; false where there is nothing to tell. */
  boolean tell() {
    return teller.step();
  }

  /** One step of filling in the past; false where there is nothing to do. */
  boolean fillIn() {
    return filler.step();
  }

  /** The place up to which the log is delivered. */
  long reached() {
    return delivered == 0 ? 0 : log.get(delivered - 1).position();
  }

  /** Whether there is more to deliver of what came before the start. */
  boolean isBehind() {
    return delivered < awaited;
  }

  /** One step of delivering the log: a release, an adoption, or an event. */
  boolean deliver() {
    if (delivered == log.size()) {
      return false;
    }
    var entry = log.get(delivered);
    var join = entry.join();
    var split = entry.split();
    var adopt = moving;
    if (adopt != null) {
      owner(adopt.into()).adopt(adopt, moment());
      moving = null;
    } else if (join != null && !isMoved) {
      var released =
          owner(join.from())
              .release(new Release(join.position(), join.from(), join.into()), stored(join.from()));
      isMoved = true;
      var state = released.state();
      moving =
          state == null
              ? null
              : new Adopt(join.position(), join.from(), join.into(), OwnersStore.copy(state));
    } else if (split != null && !isMoved) {
      reset(split, split.whole());
      reset(split, split.part());
      isMoved = true;
    } else {
      var profile = log.root(entry.device(), entry.position());
      var logged = new Logged(entry.position(), entry.event());
      owner(profile).apply(List.of(new Resolved(profile, logged)), moment());
      delivered++;
      isMoved = false;
    }
    return true;
  }

  private void reset(JoinedLog.Split split, Id128 profile) {
    owner(profile).renewals().reset(new Reset(split.position(), "demo", profile), stored(profile));
  }

  private @Nullable StoredProfile stored(Id128 profile) {
    return owner(profile).has(profile) ? null : store.profile(profile);
  }

  /** Stores what changed; perhaps the crash comes in the middle. */
  void flush(boolean crashes) {
    for (var owner : owners) {
      var cut = owner.cut();
      if (cut == null) {
        continue;
      }
      int most = crashes ? random.nextInt(4) : Integer.MAX_VALUE;
      store.store(owner, cut, now, most, crashes);
      if (crashes) {
        return;
      }
    }
  }

  void passTime() {
    owners.forEach(
        owner -> {
          while (owner.expire(moment(), 100)) {}
        });
  }

  /** All profiles that did anything and the segments they are in. */
  Map<Id128, List<String>> memberships() {
    var all = new TreeMap<Id128, List<String>>();
    for (var owner : owners) {
      realign(owner);
      for (var id : owner.views().ids()) {
        if (!log.knows(id)) {
          continue; // heard of in a join, and split off again
        }
        all.put(id, Objects.requireNonNull(owner.views().snapshot(id, now)).segments());
      }
    }
    return all;
  }

  /** For whom lots are not drawn by the profile their first browser had at first. */
  List<String> wrongUnits() {
    var wrong = new ArrayList<String>();
    for (var owner : owners) {
      for (var id : owner.views().ids()) {
        var unit = unit(Objects.requireNonNull(owner.views().snapshot(id, now)));
        if (!log.firsts(id).contains(unit)) {
          wrong.add(id + " by " + unit + ", not " + log.firsts(id));
        }
      }
    }
    return wrong;
  }

  private static Id128 unit(ProfileSnapshot snapshot) {
    return Objects.requireNonNullElse(snapshot.unit(), snapshot.profile());
  }

  /** The same log by definitions that were always there, everything its last holder's at once. */
  FilledWorld afresh(Catalogue always) {
    var fresh = new FilledWorld(new Random(0));
    fresh.now = now;
    fresh.define(always);
    while (fresh.fillIn()) {}
    log.settleInto(fresh.log);
    while (fresh.deliver()) {}
    return fresh;
  }
}
