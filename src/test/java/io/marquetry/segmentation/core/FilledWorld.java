package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.NOON;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.Past;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Reset;
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
import java.util.Set;
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
  private static final int TOLD = 7;
  private static final long NOW = Long.MAX_VALUE - 1;

  final Random random;
  final ConsentView consents = new ConsentView();
  private final List<Entry> log = new ArrayList<>();
  private final List<Join> joins = new ArrayList<>();
  private final List<Split> splits = new ArrayList<>();
  private final List<Telling> tellings = new ArrayList<>();
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

  /** An event, and before it a join or a split. */
  private record Entry(
      long position, Id128 device, Event event, @Nullable Join join, @Nullable Split split) {}

  /** Holds from one position up to but without another. */
  private record Join(long position, long until, Id128 from, Id128 into) {
    boolean holds(long asOf) {
      return position <= asOf && asOf < until;
    }
  }

  private record Split(long position, Id128 whole, Id128 part) {}

  /** What both sides of a split did before, on its way to them. */
  private static final class Telling {
    private final Split split;
    private long reached = -1;

    private Telling(Split split) {
      this.split = split;
    }
  }

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
    for (var id : owner.views().ids()) {
      owner.realign(id, false, moment());
    }
  }

  private Id128 root(Id128 profile, long asOf) {
    for (var join : joins) {
      if (join.from().equals(profile) && join.holds(asOf)) {
        return root(join.into(), asOf);
      }
    }
    return profile;
  }

  /** The profile that an event was applied to, or began anew since and is told it. */
  private Id128 origin(Entry entry, long asOf) {
    var origin = root(entry.device(), entry.position());
    for (var split : splits) {
      if (split.position() > entry.position()
          && split.position() <= asOf
          && root(entry.device(), split.position() - 1).equals(split.whole())) {
        origin = root(entry.device(), split.position());
      }
    }
    return origin;
  }

  /** Something happens; sometimes it shows that two devices are one visitor. */
  void happen(Event event, Id128 device, @Nullable Id128 same) {
    long position = log.size() + 1L;
    Join join = null;
    if (same != null) {
      var from = root(same, position);
      var into = root(device, position);
      if (!from.equals(into)) {
        join = new Join(position, Long.MAX_VALUE, from, into);
        joins.add(join);
      }
    }
    log.add(new Entry(position, device, event, join, null));
  }

  /** Somebody takes a join back. */
  void part(Event order) {
    var open = joins.stream().filter(join -> join.until() == Long.MAX_VALUE).toList();
    if (open.isEmpty()) {
      return;
    }
    long position = log.size() + 1L;
    var join = open.get(random.nextInt(open.size()));
    var split = new Split(position, root(join.from(), position), join.from());
    joins.set(joins.indexOf(join), new Join(join.position(), position, join.from(), join.into()));
    splits.add(split);
    tellings.add(new Telling(split));
    log.add(new Entry(position, order.message(), order, null, split));
  }

  /** One step of telling both sides of a split their past; false where there is nothing to tell. */
  boolean tell() {
    if (tellings.isEmpty() || (delivered == 0 && !log.isEmpty())) {
      return false;
    }
    var telling = tellings.getFirst();
    var split = telling.split;
    if (split.position() > log.get(delivered - 1).position()) {
      return false;
    }
    boolean first = telling.reached < 0;
    long from = Math.max(0, telling.reached);
    long to = from + TOLD;
    boolean last = to >= split.position();
    try {
      for (var side : List.of(split.whole(), split.part())) {
        if (!isRenewed(side, split.position())) {
          var home = root(side, NOW);
          var rebuild =
              new Rebuild(split.position(), side, home, first, told(split, side, from, to), last);
          owner(home).renewals().rebuild(rebuild, moment());
        }
      }
      telling.reached = to;
      if (last) {
        flush(false);
        tellings.remove(telling);
      }
    } catch (Refused e) {
      telling.reached = -1;
    }
    return true;
  }

  private List<Resolved> told(Split split, Id128 side, long from, long to) {
    return log.stream()
        .filter(entry -> entry.position() > from && entry.position() <= to)
        .filter(entry -> entry.position() < split.position() && entry.split() == null)
        .filter(entry -> root(entry.device(), split.position()).equals(side))
        .map(
            entry ->
                new Resolved(
                    root(entry.device(), entry.position()),
                    new Logged(entry.position(), entry.event())))
        .toList();
  }

  private boolean isRenewed(Id128 side, long after) {
    return splits.stream()
        .filter(split -> split.position() > after)
        .anyMatch(split -> root(side, split.position() - 1).equals(split.whole()));
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
          state == null ? null : new Adopt(join.position(), join.from(), join.into(), copy(state));
    } else if (split != null && !isMoved) {
      reset(split, split.whole());
      reset(split, split.part());
      isMoved = true;
    } else {
      var profile = root(entry.device(), entry.position());
      var logged = new Logged(entry.position(), entry.event());
      owner(profile).apply(List.of(new Resolved(profile, logged)), moment());
      delivered++;
      isMoved = false;
    }
    return true;
  }

  private void reset(Split split, Id128 profile) {
    owner(profile).renewals().reset(new Reset(split.position(), "demo", profile), stored(profile));
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
    fills.forEach(row -> passes.put(row.pass() + "/" + row.shard(), row));
    int newest = passes.values().stream().mapToInt(Passes.Row::pass).max().orElse(0);
    passes.values().removeIf(row -> row.behaviours().isEmpty() && row.pass() < newest);
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
        var origin = origin(entry, asOf);
        var holder = root(entry.device(), asOf);
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
      whole &= owners.get(i).fill(new Fill(pass, byOwner.get(i), from, asOf), moment()).isEmpty();
    }
    for (var owner : owners) {
      if (whole) {
        owner.fill(new Fill(pass, List.of(), through, asOf), moment());
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

  /** All profiles that did anything and the segments they are in. */
  Map<Id128, List<String>> memberships() {
    var all = new TreeMap<Id128, List<String>>();
    for (var owner : owners) {
      realign(owner);
      for (var id : owner.views().ids()) {
        if (log.stream().noneMatch(entry -> root(entry.device(), NOW).equals(id))) {
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
        if (!firsts(id).contains(unit)) {
          wrong.add(id + " by " + unit + ", not " + firsts(id));
        }
      }
    }
    return wrong;
  }

  private static Id128 unit(ProfileSnapshot snapshot) {
    return Objects.requireNonNullElse(snapshot.unit(), snapshot.profile());
  }

  /** What the profiles were whose event came first; several where some came in one moment. */
  private Set<Id128> firsts(Id128 profile) {
    var firsts = new TreeSet<Id128>();
    long earliest = Long.MAX_VALUE;
    for (var entry : log) {
      long at = entry.event().receivedAt();
      if (entry.split() == null && root(entry.device(), NOW).equals(profile) && at <= earliest) {
        if (at < earliest) {
          firsts.clear();
        }
        earliest = at;
        firsts.add(root(entry.device(), entry.position()));
      }
    }
    return firsts.isEmpty() ? Set.of(profile) : firsts;
  }

  /** The same log by definitions that were always there, everything its last holder's at once. */
  FilledWorld afresh(Catalogue always) {
    var fresh = new FilledWorld(new Random(0));
    fresh.now = now;
    fresh.define(always);
    while (fresh.fillIn()) {}
    for (var entry : log) {
      var holder = root(entry.device(), NOW);
      fresh.log.add(new Entry(entry.position(), holder, entry.event(), null, null));
    }
    while (fresh.deliver()) {}
    return fresh;
  }
}
