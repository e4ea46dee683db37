package io.marquetry.segmentation.core;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.ProfilesTurning;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.segmentation.core.ProfileTable.Gone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of the profiles of some shards: applies what happened to them, in the order of the
 * log, and tells what changed.
 *
 * <p>Single-threaded. Design note: a position of the log at or below that of a profile's shard is
 * in its state already and passed over, so the log may be delivered again from anywhere. An event
 * above it has come in order for all shards of this owner, which is why all of them move on
 * together. A merge comes before the event of the same position; the profile itself remembers which
 * merges it has seen.
 */
public final class ProfileOwner {
  /** How long a profile waits whose time has come but whose visitor forbids working on it. */
  private static final long DENIED_MILLIS = 60_000;

  private final Ownership ownership;
  private final ConsentView consents;
  private final long timeout;
  private final Devices devices;
  private final ProfileTable table;
  private final Books books;
  private final Positions positions;
  private final Passes passes;
  private final Moves moves;
  private final Applying applying;
  private final Filler filler;
  private final Renewals renewals;
  private SegmentEngine engine;
  private boolean fresh = true;

  /** Which of how many owners this is, counted from 0. */
  public record Ownership(int instance, int instances) {
    boolean holds(Id128 profile) {
      return Shards.owner(profile, instances) == instance;
    }
  }

  public ProfileOwner(Ownership ownership, Limits limits, ConsentView consents, Devices devices) {
    this.ownership = ownership;
    this.consents = consents;
    this.devices = devices;
    this.timeout = limits.timeoutMillis();
    this.table = new ProfileTable(limits.maxProfiles());
    this.books = new Books(table);
    this.positions = new Positions(ownership);
    this.passes = new Passes(ownership);
    this.moves = new Moves(books, positions, passes);
    this.applying = new Applying(books, consents);
    this.filler = new Filler(books, positions, passes, consents);
    this.renewals = new Renewals(books, positions, passes, consents, () -> engine);
    this.engine = new SegmentEngine(SegmentPlan.NONE, timeout, devices);
  }

  /** Profiles that begin anew. */
  public Renewals renewals() {
    return renewals;
  }

  /** Where the stored state stands in the log, by shard. */
  public void restore(Map<Integer, Long> stored) {
    positions.restore(stored);
    fresh &= stored.values().stream().allMatch(position -> position == 0);
  }

  /** The newest position that is stored with the state of every shard of this owner. */
  public long checkpoint() {
    return positions.checkpoint();
  }

  /** The plan that is effective. */
  public SegmentPlan plan() {
    return engine.plan();
  }

  /** How many profiles are in memory. */
  public int size() {
    return table.size();
  }

  /** How often segments failed to evaluate, by key. */
  public Map<String, Long> failures() {
    return Map.copyOf(engine.failures());
  }

  /**
   * Counts profiles of the store, which are not in memory yet.
   *
   * @param many how many are in exactly these segments
   */
  public void count(List<String> segments, long many) {
    books.joined(segments, many);
    fresh &= many == 0;
  }

  /** Begins with the store alone: who is not in memory may be there. */
  public void beginFilling() {
    table.isFilling(true);
  }

  /**
   * The store was read to its end.
   *
   * @param whole whether everybody in it was loaded
   */
  public void endFilling(boolean whole) {
    table.isFilling(false);
    if (!whole) {
      table.lacksSomebody();
    }
  }

  /** How often somebody was left in the store alone or dropped from memory. */
  public long lacking() {
    return table.lacking();
  }

  /**
   * Takes in a profile from the store, where its memberships are counted already; unless what is in
   * memory is newer: the profile itself, or that it went up in another.
   *
   * <p>Time changes nothing before it is due, so it sleeps until then or until somebody asks for
   * it. One that another plan was made for is due at once, and decisions are told of it again;
   * without any plan it waits for the realignment that comes with one.
   */
  public void load(StoredProfile stored, long now) {
    var into = stored.mergedInto();
    if (table.has(stored.profile())) {
      return; // what is in memory is newer, also than that it went up in another
    }
    if (into != null) {
      table.isMergedAway(stored.profile(), new Gone(into, stored.position()));
    } else if (!table.isOutOfUse(stored.profile())) {
      var profile = ProfileState.read(stored.profile(), stored.state());
      profile.asleep = true;
      table.hold(profile);
      if (engine.plan() != SegmentPlan.NONE) {
        boolean current = stored.shownBy() == engine.plan().shownBy();
        profile.due = current ? Math.max(now, stored.due()) : now;
        books.due.schedule(profile);
        if (!current) {
          books.note(profile, Change.FIELDS);
        }
      }
    }
  }

  /** Whether everybody in the store is in memory. */
  public boolean isComplete() {
    return table.isComplete();
  }

  /** Those of these profiles that may be in the store and are not in memory. */
  public Set<Id128> missing(List<Resolved> events) {
    if (table.isComplete()) {
      return Set.of();
    }
    var missing = new TreeSet<Id128>();
    for (var event : events) {
      if (!table.has(event.profile())) {
        missing.add(event.profile());
      }
    }
    return missing;
  }

  /** Whether a profile is known to have gone up in another. */
  public boolean isGone(Id128 profile) {
    return table.gone(profile) != null;
  }

  public boolean has(Id128 profile) {
    return table.has(profile);
  }

  /**
   * Applies events in the order of the log.
   *
   * @throws Refused where a profile is somebody else's, the store is too far behind, or nobody
   *     knows what visitors consent to: the events are in the log and had consent when they came,
   *     so they wait instead of being lost
   */
  public Applied apply(List<Resolved> events, Moment moment) {
    if (!mayWork(moment)) {
      throw new Refused(Refused.Reason.UNAVAILABLE, "consent is not known at the moment");
    }
    if (table.isOverfull()) {
      throw new Refused(Refused.Reason.OVERLOADED, "the store of profiles is too far behind");
    }
    events.forEach(event -> requireOwn(event.profile()));
    var tally = new Tally();
    for (var event : events) {
      long position = event.logged().position();
      if (positions.includes(event.profile(), position)
          || table.includes(event.profile(), position)) {
        tally.passed++;
      } else {
        applying.apply(engine, event, moment, tally);
      }
      positions.reached(event.profile(), position);
    }
    positions.level();
    return tally.result();
  }

  private void requireOwn(Id128 profile) {
    if (!ownership.holds(profile)) {
      throw new Refused(
          Refused.Reason.CONFLICT, "profile " + profile + " belongs to another owner");
    }
  }

  /**
   * Gives the history of a profile away, and its state for whoever takes it over. Asked again, it
   * answers the same.
   *
   * @param stored the profile as it is in the store; null where it is in memory or nowhere
   */
  public Released release(Release release, @Nullable StoredProfile stored) {
    requireOwn(release.from());
    return moves.release(release, stored);
  }

  /** Takes over the history of another profile. Asked again, it changes nothing. */
  public void adopt(Adopt adopt, Moment moment) {
    requireOwn(adopt.into());
    var into = moves.adopt(adopt, engine);
    if (into != null && grant(into.site, List.of(into.id, adopt.from()), moment) != null) {
      books.note(into, engine.align(into, moment.now()));
    }
  }

  private @Nullable Grant grant(String site, List<Id128> ids, Moment moment) {
    var keys = new ArrayList<@Nullable Id128>(ids);
    return consents.grant(site, Purpose.ANALYTICS, keys, false, moment.monotonic()).orElse(null);
  }

  /** What changed since this was last asked, for decisions; null where nothing did. */
  public @Nullable ProfilesChanged takeChanges(long now) {
    if (!books.isAnythingToTell()) {
      return null;
    }
    var snapshots = new ArrayList<ProfileSnapshot>();
    for (var profile : books.takeChanged()) {
      snapshots.add(Snapshots.of(profile, engine, now));
      foresee(profile, now);
    }
    return new ProfilesChanged(snapshots, books.takeGone());
  }

  private void foresee(Profile profile, long now) {
    if (profile.due <= now + DueQueue.LEAD && profile.due != profile.foreseen) {
      var turnings = Snapshots.turnings(profile, engine, now + DueQueue.LEAD);
      books.turning(turnings);
      profile.foretold = turnings.size();
      profile.foreseen = profile.due;
      books.due.schedule(profile);
    }
  }

  /** What time alone will change soon and was not told yet; null where nothing will. */
  public @Nullable ProfilesTurning takeTurnings() {
    var turnings = books.takeTurning();
    return turnings.isEmpty() ? null : new ProfilesTurning(turnings);
  }

  /** The snapshot of one profile in memory; null where there is none. */
  public @Nullable ProfileSnapshot snapshot(Id128 id, long now) {
    var profile = table.peek(id);
    return profile == null ? null : Snapshots.of(profile, engine, now);
  }

  /** Everything held of a profile in memory, in the shape of {@code profiles.get}. */
  public @Nullable Map<String, Object> show(Id128 id, long now) {
    var profile = table.peek(id);
    return profile == null ? null : picture(profile, now);
  }

  /** Everything held of a profile that is in the store alone. */
  public Map<String, Object> show(StoredProfile stored, long now) {
    var profile = ProfileState.read(stored.profile(), stored.state());
    profile.mergedInto = stored.mergedInto();
    profile.asleep = true;
    return picture(profile, now);
  }

  private Map<String, Object> picture(Profile profile, long now) {
    return ProfilePicture.of(profile, engine.foresight().now(profile, now), now, timeout);
  }

  /** Tries a condition on one profile in memory, where that may be looked at. */
  public void preview(Id128 id, Preview preview, Moment moment) {
    preview(table.peek(id), preview, moment);
  }

  /** The same with a profile that is in the store; what is in memory is newer. */
  public void preview(StoredProfile stored, Preview preview, Moment moment) {
    var held = table.peek(stored.profile());
    if (held == null && (stored.mergedInto() != null || isGone(stored.profile()))) {
      return;
    }
    preview(
        held == null ? ProfileState.read(stored.profile(), stored.state()) : held, preview, moment);
  }

  private void preview(@Nullable Profile profile, Preview preview, Moment moment) {
    boolean open = profile != null && grant(profile.site, List.of(profile.id), moment) != null;
    preview.look(open ? profile : null, engine, timeout, moment.now());
  }

  /** Whether a preview can only be had of those whose last events are remembered. */
  public boolean asksBack(Preview preview) {
    return preview.asksBack(engine.plan(), passes);
  }

  /** Whether the last events of a profile are remembered. */
  public boolean isRemembered(Id128 id) {
    return books.panel.has(id);
  }

  /** Ids of all profiles in memory, in no order. */
  public Id128[] ids() {
    return table.ids();
  }

  /** How many members a segment has; the empty key stands for everybody. */
  public long size(String segment) {
    if (segment.isEmpty()) {
      return books.profiles();
    }
    return segment.startsWith(SegmentPlan.HIDDEN) ? 0 : books.sizes.of(segment);
  }

  /** Since when a profile in memory is in a segment; 0 where it is not. */
  public long memberSince(Id128 id, String segment) {
    var profile = table.peek(id);
    return profile == null ? 0 : profile.memberships.since(segment);
  }

  /**
   * Makes a plan effective for what comes. Profiles are brought up to it by {@link #realign}, or
   * when next opened.
   */
  public Realignment define(SegmentPlan plan) {
    var before = engine.plan();
    passes.keepOnly(plan.behaviours());
    engine = new SegmentEngine(plan, passes, timeout, devices);
    if (!before.projection().equals(plan.projection())) {
      return Realignment.FIELDS;
    }
    return before.fingerprint().equals(plan.fingerprint())
        ? Realignment.NONE
        : Realignment.SEGMENTS;
  }

  /** Since when behaviours are counted, by which plans for {@link #define} are compiled. */
  public Passes passes() {
    return passes;
  }

  /** Counts behaviours from here on; a new plan is to be defined then. */
  public void begin(int pass, List<String> behaviours) {
    passes.begin(pass, behaviours, positions.cut());
  }

  /** Those of the profiles of a page of the past that may be in the store and are not here. */
  public Set<Id128> missing(Fill page) {
    return filler.missing(page);
  }

  /**
   * Counts events that were applied before, for the behaviours of a pass alone.
   *
   * @return the positions of those that cannot be counted yet
   */
  public List<Long> fill(Fill page, Moment moment) {
    if (!mayWork(moment)) {
      throw new Refused(Refused.Reason.UNAVAILABLE, "consent is not known at the moment");
    }
    if (table.isOverfull()) {
      throw new Refused(Refused.Reason.OVERLOADED, "the store of profiles is too far behind");
    }
    page.events().forEach(past -> requireOwn(past.holder()));
    return filler.fill(engine, page, moment);
  }

  /** The newest position applied to any profile here. */
  public long applied() {
    return positions.cut().values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** Whether nothing was stored when this started, so that no stored profile is ahead of it. */
  public boolean isFresh() {
    return fresh;
  }

  /** How often trails were cut since the plan was defined, by segment that reads them. */
  public Map<String, Long> cuts() {
    var cuts = new TreeMap<String, Long>();
    engine
        .cuts()
        .forEach(
            (key, times) -> {
              var tracked = engine.plan().tracked(key);
              if (tracked != null) {
                engine
                    .plan()
                    .readers(tracked.id())
                    .forEach(segment -> cuts.merge(segment, times, Long::sum));
              }
            });
    return cuts;
  }

  /** Whether consent is known, without which nothing may be worked on. */
  public boolean mayWork(Moment moment) {
    return consents.current(moment.monotonic());
  }

  /**
   * Brings one profile up to the current plan.
   *
   * @param tell whether to tell of it even where its memberships stay, since decisions read other
   *     fields now
   */
  public void realign(Id128 id, boolean tell, Moment moment) {
    var seen = table.peek(id);
    if (seen == null) {
      return;
    }
    var grant = grant(seen.site, List.of(id), moment);
    var profile = grant == null ? null : table.open(grant, id);
    if (profile == null) {
      seen.due = moment.now(); // once it may be worked on
      books.due.schedule(seen, moment.now() + DENIED_MILLIS);
      return;
    }
    var change = engine.align(profile, moment.now());
    if (tell || !change.isNone()) {
      books.note(profile, change.isNone() ? Change.FIELDS : change);
    } else {
      books.due.schedule(profile);
    }
  }

  /** The next moment at which time alone may change a membership. */
  public long nextDue() {
    return books.due.next();
  }

  /**
   * Works off profiles that are due or will be soon, {@code limit} at most; true where more are.
   */
  public boolean expire(Moment moment, int limit) {
    if (!mayWork(moment)) {
      return false;
    }
    for (int i = 0; i < limit; i++) {
      var ripe = books.due.poll(moment.now());
      if (ripe == null) {
        return false;
      }
      var grant = grant(ripe.site, List.of(ripe.id), moment);
      var profile = grant == null ? null : table.open(grant, ripe.id);
      if (profile == null) {
        books.due.schedule(ripe, moment.now() + DENIED_MILLIS);
      } else if (profile.due > moment.now() && !profile.asleep) {
        foresee(profile, moment.now());
      } else {
        books.note(profile, engine.expire(profile, moment.now()));
      }
    }
    return books.due.next() <= moment.now();
  }

  /** Everything to be stored; null where nothing happened since the last cut. */
  public @Nullable Cut cut() {
    return table.isAnythingUnsaved() || positions.isAnyNew() || passes.isAnyNew()
        ? table.cut(positions.cut(), passes)
        : null;
  }

  /** The next rows of a cut; empty when all were given out. */
  public List<Cut.Row> rows(Cut cut, int limit, long now) {
    return cut.rows(limit, engine.plan(), profile -> Snapshots.kept(profile, engine, now));
  }

  public void saved(Cut cut) {
    positions.saved(cut.positions());
    passes.savedDefinitions(cut.definitions());
    passes.savedProgress(cut.progress());
    table.saved(cut);
  }

  public void notSaved(Cut cut) {
    table.notSaved(cut);
  }

  /** Drops what goes beyond the bound of profiles in memory. */
  public void drop() {
    books.drop();
  }
}
