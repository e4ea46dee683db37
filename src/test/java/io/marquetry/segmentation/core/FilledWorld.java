package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.NOON;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.Past;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Two owners, their store, a log with joins, and whoever fills in the past: everything may happen
 * between two steps of anything else, crashes included.
 */
final class FilledWorld {
  static final int OWNERS = 2;
  private static final int PAGE = 4;

  final Random random;
  final ConsentView consents = new ConsentView();
  private final List<Entry> log = new ArrayList<>();
  private final Map<Id128, Join> joins = new HashMap<>();
  private final Map<Id128, Cut.Row> rows = new TreeMap<>();
  private final Map<Integer, Long> checkpoints = new HashMap<>();
  private final Map<String, Passes.Row> passes = new TreeMap<>();
  private final List<ProfileOwner> owners = new ArrayList<>();
  private @Nullable Catalogue catalogue;
  private int delivered;
  private boolean isMoved;
  private int awaited;
  private @Nullable Adopt moving;
  long now = NOON;

  /** An event, or before it a join. */
  private record Entry(long position, Id128 device, Event event, @Nullable Join join) {}

  private record Join(long position, Id128 from, Id128 into) {}

  FilledWorld(Random random) {
    this.random = random;
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    boot();
  }

  private Moment moment() {
    return new Moment(now, 0);
  }

  private ProfileOwner owner(Id128 profile) {
    return owners.get(Shards.owner(profile, OWNERS));
  }

  /** Everything in memory is lost. */
  void boot() {
    owners.clear();
    moving = null;
    isMoved = false;
    for (int i = 0; i < OWNERS; i++) {
      var owner =
          new ProfileOwner(new Ownership(i, OWNERS), Limits.DEFAULT, consents, Visits.DEVICES);
      owners.add(owner);
      int instance = i;
      var own = new HashMap<>(checkpoints);
      own.keySet().removeIf(shard -> shard % OWNERS != instance);
      owner.restore(own);
      owner
          .passes()
          .restore(
              passes.values().stream().filter(row -> row.shard() % OWNERS == instance).toList());
    }
    for (var row : rows.values()) {
      owner(row.profile())
          .load(
              new StoredProfile(
                  row.profile(),
                  row.mergedInto(),
                  row.position(),
                  row.due(),
                  row.shownBy(),
                  row.state()),
              now);
    }
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

  private void replan(ProfileOwner owner) {
    if (catalogue != null) {
      owner.define(PlanCompiler.compile(catalogue, owner.passes()));
      if (random.nextBoolean()) {
        realign(owner);
      }
    }
  }

  private void realign(ProfileOwner owner) {
    for (var id : owner.ids()) {
      owner.realign(id, false, moment());
    }
  }

  private Id128 root(Id128 profile, long asOf) {
    var join = joins.get(profile);
    return join != null && join.position() <= asOf ? root(join.into(), asOf) : profile;
  }

  /** Something happens; sometimes it shows that two devices are one visitor. */
  void happen(Event event, Id128 device, @Nullable Id128 same) {
    long position = log.size() + 1L;
    Join join = null;
    if (same != null) {
      var from = root(same, position);
      var into = root(device, position);
      if (!from.equals(into)) {
        join = new Join(position, from, into);
        joins.put(from, join);
      }
    }
    log.add(new Entry(position, device, event, join));
  }

  /** One step of delivering the log: a release, an adoption, or an event. */
  boolean deliver() {
    if (delivered == log.size()) {
      return false;
    }
    var entry = log.get(delivered);
    var join = entry.join();
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
          state == null ? null : new Adopt(join.position(), join.from(), join.into(), copy(state));
    } else {
      var profile = root(entry.device(), entry.position());
      var logged = new Logged(entry.position(), entry.event());
      owner(profile).apply(List.of(new Resolved(profile, logged)), moment());
      delivered++;
      isMoved = false;
    }
    return true;
  }

  private @Nullable StoredProfile stored(Id128 profile) {
    var row = rows.get(profile);
    return row == null || owner(profile).has(profile)
        ? null
        : new StoredProfile(
            row.profile(), row.mergedInto(), row.position(), row.due(), 0, row.state());
  }

  static Map<String, Object> copy(Map<String, Object> state) {
    return Json.readOwn(Json.write(state));
  }

  /** Stores what changed; perhaps the crash comes in the middle. */
  void flush(boolean crashes) {
    for (var owner : owners) {
      var cut = owner.cut();
      if (cut == null) {
        continue;
      }
      save(cut.definitions());
      int stop = crashes ? random.nextInt(4) : Integer.MAX_VALUE;
      var some = owner.rows(cut, 2, now);
      while (!some.isEmpty() && stop-- > 0) {
        for (var row : some) {
          rows.put(
              row.profile(),
              new Cut.Row(
                  row.profile(),
                  row.site(),
                  row.position(),
                  row.due(),
                  row.mergedInto(),
                  copy(row.state()),
                  row.shown(),
                  row.shownBy()));
        }
        some = owner.rows(cut, 2, now);
      }
      if (crashes) {
        return;
      }
      checkpoints.putAll(cut.positions());
      save(cut.progress());
      owner.saved(cut);
    }
  }

  private void save(List<Passes.Row> fills) {
    for (var row : fills) {
      var key = row.pass() + "/" + row.shard();
      if (row.behaviours().isEmpty()) {
        passes.remove(key);
      } else {
        passes.put(key, row);
      }
    }
  }

  /** One step of filling in the past; false where there is nothing to do. */
  boolean fillIn() {
    var lacking = new TreeSet<String>();
    owners.forEach(owner -> lacking.addAll(owner.plan().unborn()));
    if (!lacking.isEmpty() && delivered < awaited) {
      return deliver();
    }
    if (!lacking.isEmpty()) {
      int pass = owners.stream().mapToInt(owner -> owner.passes().newest()).max().orElse(0) + 1;
      owners.forEach(
          owner -> {
            owner.begin(pass, List.copyOf(lacking));
            replan(owner);
            if (random.nextInt(3) == 0) {
              deliver(); // the other owner hears of it a little later
            }
          });
      return true;
    }
    var open = new TreeSet<Integer>();
    owners.forEach(owner -> open.addAll(owner.passes().open()));
    if (open.isEmpty()) {
      return false;
    }
    int pass = open.first();
    long from = owners.stream().mapToLong(o -> o.passes().position(pass)).min().orElse(0);
    long end = owners.stream().mapToLong(o -> o.passes().farthest(pass)).max().orElse(0);
    if (from >= end) {
      owners.forEach(owner -> end(owner, pass));
    } else {
      page(pass, from, end);
    }
    return true;
  }

  private void end(ProfileOwner owner, int pass) {
    owner.passes().reached(pass, owner.passes().farthest(pass));
    owner.passes().over(pass, true);
    replan(owner);
  }

  private void page(int pass, long from, long end) {
    long asOf = owners.stream().mapToLong(ProfileOwner::applied).max().orElse(0);
    var byOwner = List.of(new ArrayList<Past>(), new ArrayList<Past>());
    long through = from;
    for (var entry : log) {
      if (entry.position() > from && entry.position() <= Math.min(end, from + PAGE)) {
        var origin = root(entry.device(), entry.position());
        var holder = root(origin, asOf);
        int shard = Shards.of(origin);
        if (entry.position() <= owner(origin).passes().since(pass).get(shard)) {
          byOwner
              .get(Shards.owner(holder, OWNERS))
              .add(new Past(holder, origin, new Logged(entry.position(), entry.event())));
        }
        through = entry.position();
      }
    }
    boolean whole = true;
    for (int i = 0; i < OWNERS; i++) {
      int between = random.nextInt(4);
      while (between-- > 0) {
        deliver();
      }
      reopen(i, pass, byOwner.get(i));
      whole &= owners.get(i).fill(new Fill(pass, byOwner.get(i), from), moment()).isEmpty();
    }
    for (var owner : owners) {
      if (whole) {
        owner.fill(new Fill(pass, List.of(), through), moment());
      }
    }
  }

  private void reopen(int owner, int pass, List<Past> events) {
    if (!events.isEmpty() && owners.get(owner).passes().isOver(pass)) {
      owners.get(owner).passes().over(pass, false);
      replan(owners.get(owner));
    }
  }

  void passTime() {
    owners.forEach(
        owner -> {
          while (owner.expire(moment(), 100)) {}
        });
  }

  /** All profiles in use and the segments they are in. */
  Map<Id128, List<String>> memberships() {
    var all = new TreeMap<Id128, List<String>>();
    for (var owner : owners) {
      realign(owner);
      for (var id : owner.ids()) {
        all.put(id, Objects.requireNonNull(owner.snapshot(id, now)).segments());
      }
    }
    return all;
  }

  /** The same log from the beginning, by definitions that were always there. */
  FilledWorld afresh(Catalogue always) {
    var fresh = new FilledWorld(new Random(0));
    fresh.now = now;
    fresh.define(always);
    while (fresh.fillIn()) {}
    fresh.joins.putAll(joins);
    fresh.log.addAll(log);
    while (fresh.deliver()) {}
    return fresh;
  }
}
