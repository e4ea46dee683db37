package io.marquetry.segmentation.core;

import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.ProfilesTurning;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.segmentation.core.ProfileTable.Gone;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Ownership ownership;
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
  private final ProfileViews views;
  private final Permission permission;
  private final Upkeep upkeep;
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
    this.permission = new Permission(consents);
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
    this.views = new ProfileViews(books, passes, permission, timeout, () -> engine);
    this.upkeep = new Upkeep(books, permission, () -> engine);
    this.engine = new SegmentEngine(SegmentPlan.NONE, timeout, devices);
  }

  /** Profiles that begin anew. */
  public Renewals renewals() {
    return renewals;
  }

  /** What may be seen of the profiles. */
  public ProfileViews views() {
    return views;
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
    requireReady(moment);
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

  private void requireReady(Moment moment) {
    if (!mayWork(moment)) {
      throw new Refused(Refused.Reason.UNAVAILABLE, "consent is not known at the moment");
    }
    if (table.isOverfull()) {
      throw new Refused(Refused.Reason.OVERLOADED, "the store of profiles is too far behind");
    }
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
    if (into != null
        && permission.grant(into.site, List.of(into.id, adopt.from()), moment) != null) {
      books.note(into, engine.align(into, moment.now()));
    }
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
    requireReady(moment);
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

  /** Whether consent is known, without which nothing may be worked on. */
  public boolean mayWork(Moment moment) {
    return permission.isKnown(moment);
  }

  /**
   * Brings one profile up to the current plan.
   *
   * @param tell whether to tell of it even where its memberships stay, since decisions read other
   *     fields now
   */
  public void realign(Id128 id, boolean tell, Moment moment) {
    upkeep.realign(id, tell, moment);
  }

  /** What changed since this was last asked, for decisions; null where nothing did. */
  public @Nullable ProfilesChanged takeChanges(long now) {
    return upkeep.takeChanges(now);
  }

  /** What time alone will change soon and was not told yet; null where nothing will. */
  public @Nullable ProfilesTurning takeTurnings() {
    return upkeep.takeTurnings();
  }

  /** The next moment at which time alone may change a membership. */
  public long nextDue() {
    return books.due.next();
  }

  /**
   * Works off profiles that are due or will be soon, {@code limit} at most; true where more are.
   */
  public boolean expire(Moment moment, int limit) {
    return upkeep.expire(moment, limit);
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
