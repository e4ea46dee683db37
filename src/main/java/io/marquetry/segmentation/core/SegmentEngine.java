package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.kit.Shards;
import io.marquetry.segmentation.core.Watchers.Watch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the memberships of profiles right: as events arrive, as time passes, as definitions change.
 *
 * <p>Single-threaded; works on one profile at a time. Design note: folding an event marks the
 * numbers of the segments that read something that changed, a behaviour only where it is shown now
 * and was not before, or the other way round; those, and those that build on the ones that flip,
 * are evaluated in ascending order, everything else keeps its answer. What time alone can change is
 * known in advance: each trail notes when its answer flips next, a visit when it ends, and the
 * earliest of these is the profile's {@link Profile#due}. Answers between two such moments are
 * constant, so membership is exact at any moment at which {@link #expire} has been called when due;
 * {@link Foresight} tells beforehand.
 */
final class SegmentEngine {
  private final SegmentPlan plan;
  private final @Nullable Passes passes;
  private final long newestSince;
  private final long timeout;
  private final Devices devices;
  private final ProfileFacts facts;
  private final Foresight foresight;
  private final Touched touched;
  private final BitSet held = new BitSet();
  private long evaluations;
  private final Map<String, Long> failures = new HashMap<>();
  private final Map<String, Long> cuts = new HashMap<>();

  /** An engine for behaviours that are counted from the beginning. */
  SegmentEngine(SegmentPlan plan, long timeout, Devices devices) {
    this(plan, null, timeout, devices);
  }

  /**
   * @param passes by which the plan was compiled
   */
  SegmentEngine(SegmentPlan plan, @Nullable Passes passes, long timeout, Devices devices) {
    this.plan = plan;
    this.passes = passes;
    this.newestSince = passes == null ? 0 : passes.newestSince();
    this.timeout = timeout;
    this.devices = devices;
    this.facts = new ProfileFacts(plan, timeout);
    this.foresight = new Foresight(plan, timeout);
    this.touched = new Touched(plan);
  }

  SegmentPlan plan() {
    return plan;
  }

  Foresight foresight() {
    return foresight;
  }

  /** How many segments were evaluated so far: the measure of what events touch. */
  long evaluations() {
    return evaluations;
  }

  /** How often the evaluation of a segment failed, by key; such a segment keeps its answer. */
  Map<String, Long> failures() {
    return failures;
  }

  /** How often a trail was cut so that its answer may be wrong, by key of the behaviour. */
  Map<String, Long> cuts() {
    return cuts;
  }

  /** Applies an event that no pass over the log will come by. */
  Change apply(Profile profile, Event event, long now) {
    return apply(profile, event, Long.MAX_VALUE, now);
  }

  /**
   * Applies one event. Fails, with the profile untouched, where the event cannot be read.
   *
   * @param position of the event in the log
   */
  Change apply(Profile profile, Event event, long position, long now) {
    var occurrence = Occurrence.of(event, devices);
    var matching = plan.watching(event.name()).matching(occurrence);
    touched.clear();
    if (profile.events == 0) {
      touched.everything();
    }
    markDue(profile, now);
    var before = Visit.of(profile.open);
    noteHeld(profile, matching, now);
    var session = profile.fold(occurrence, timeout, touched);
    count(profile, live(profile, matching, position), occurrence, session, now);
    markVisit(profile, before, now);
    return finish(profile, now);
  }

  /** Those of the behaviours concerned for which the event is not the business of a pass. */
  private List<Watch> live(Profile profile, List<Watch> matching, long position) {
    var filling = passes;
    if (filling == null || position > newestSince) {
      return matching;
    }
    int shard = Shards.of(profile.id);
    return matching.stream()
        .filter(watch -> position > filling.since(watch.tracked().pass(), shard))
        .toList();
  }

  /**
   * Counts an event that was applied before, for the behaviours of a pass alone; what follows from
   * it is worked out when the pass is over.
   *
   * @return whether it concerned any of them
   */
  boolean fill(Profile profile, Event event, int pass) {
    var occurrence = Occurrence.of(event, devices);
    var matching =
        plan.watching(event.name()).matching(occurrence).stream()
            .filter(watch -> watch.tracked().pass() == pass)
            .toList();
    var session = occurrence.isVisit() ? profile.sessions.at(occurrence.at()) : null;
    for (int i = 0; i < matching.size(); ) {
      var tracked = matching.get(i).tracked();
      int mask = 0;
      for (; i < matching.size() && matching.get(i).tracked() == tracked; i++) {
        mask |= matching.get(i).mask();
      }
      tracked.gauge().add(profile, occurrence, mask, session);
    }
    return !matching.isEmpty();
  }

  /** Works out again what time has changed. */
  Change expire(Profile profile, long now) {
    boolean behind = profile.asleep || !profile.plan.equals(plan.fingerprint());
    if (behind && plan != SegmentPlan.NONE) {
      return align(profile, now);
    }
    touched.clear();
    markDue(profile, now);
    return finish(profile, now);
  }

  /**
   * Brings a profile up to this plan and this moment, if it is not: forgets what nobody counts any
   * more, notes what is not filled in yet, and evaluates every segment that it does not need for.
   */
  Change align(Profile profile, long now) {
    if (plan == SegmentPlan.NONE) {
      return Change.NONE;
    }
    boolean slept = profile.asleep;
    profile.asleep = false;
    if (profile.plan.equals(plan.fingerprint())) {
      return slept ? wake(profile, now) : Change.NONE;
    }
    profile.ever.keySet().removeIf(key -> plan.tracked(key) == null);
    profile.trails.keySet().removeIf(key -> plan.tracked(key) == null);
    for (var session : profile.sessions.kept()) {
      session.counts.keySet().removeIf(key -> plan.tracked(key) == null);
    }
    if (passes != null) {
      passes.noteLacking(profile);
    }
    return evaluateAll(profile, now);
  }

  /**
   * One profile takes over the history of another, which is to be dropped afterwards; {@link
   * #align} then works out where it belongs.
   *
   * @return the segments it is in now because the other was
   */
  List<String> absorb(Profile into, Profile from) {
    into.absorb(from, timeout);
    from.ever.forEach((key, count) -> into.ever.merge(key, count, Long::sum));
    from.trails.forEach(
        (key, trail) -> {
          var mine = into.trails.putIfAbsent(key, trail);
          if (mine != null) {
            mine.absorb(trail, plan.tracked(key));
          }
        });
    var added = new ArrayList<String>();
    for (int i = 0; i < from.memberships.size(); i++) {
      var key = from.memberships.key(i);
      if (!into.memberships.has(key)) {
        added.add(key);
      }
      into.memberships.enter(key, from.memberships.since(i));
    }
    into.plan = "";
    return added;
  }

  /** The fields that decisions read and that have a value, by dotted path. */
  Map<String, Object> project(Profile profile, long now) {
    var fields = new LinkedHashMap<String, Object>();
    for (var path : plan.projection()) {
      var value = ProfileFields.field(profile, path, now, timeout);
      if (value != null) {
        fields.put(path.toString(), value);
      }
    }
    return fields;
  }

  private void noteHeld(Profile profile, List<Watch> matching, long now) {
    held.clear();
    var visit = matching.isEmpty() ? null : profile.sessions.current(now, timeout);
    for (int i = 0; i < matching.size(); i++) {
      if (matching.get(i).tracked().gauge().holds(profile, now, visit)) {
        held.set(i);
      }
    }
  }

  /** Counts an event for the behaviours it concerns, and marks who reads what flips by it. */
  private void count(
      Profile profile, List<Watch> matching, Sighting event, @Nullable Session session, long now) {
    var visit = matching.isEmpty() ? null : profile.sessions.current(now, timeout);
    for (int i = 0; i < matching.size(); ) {
      int first = i;
      var tracked = matching.get(i).tracked();
      int mask = 0;
      for (; i < matching.size() && matching.get(i).tracked() == tracked; i++) {
        mask |= matching.get(i).mask();
      }
      tracked.gauge().add(profile, event, mask, session);
      refresh(profile, tracked, now);
      if (tracked.gauge().holds(profile, now, visit) != held.get(first)) {
        touched.mark(tracked.rules());
      }
    }
  }

  private void refresh(Profile profile, Tracked tracked, long now) {
    var trail = profile.trails.get(tracked.key());
    if (trail != null) {
      trail.flipAt = tracked.gauge().flip(profile, now);
      if (trail.isNewlyCut()) {
        cuts.merge(tracked.key(), 1L, Long::sum);
      }
    }
  }

  /** Works out again what hangs on time, of which nobody took care while the profile was stored. */
  private Change wake(Profile profile, long now) {
    touched.clear();
    for (var key : profile.trails.keySet()) {
      var tracked = plan.tracked(key);
      if (tracked != null) {
        touched.mark(tracked.rules());
      }
    }
    touched.rules().or(plan.onSession());
    plan.moving().tell(touched);
    refreshAll(profile, now);
    profile.open = profile.sessions.current(now, timeout);
    return finish(profile, now);
  }

  private void refreshAll(Profile profile, long now) {
    for (var key : profile.trails.keySet()) {
      var tracked = plan.tracked(key);
      if (tracked != null) {
        refresh(profile, tracked, now);
      }
    }
  }

  private Change evaluateAll(Profile profile, long now) {
    touched.clear();
    touched.allRules();
    refreshAll(profile, now);
    profile.open = profile.sessions.current(now, timeout);
    var gone = new ArrayList<String>();
    for (var key : profile.memberships.keys()) {
      if (!plan.hasSegment(key)) {
        gone.add(key);
      }
    }
    gone.forEach(profile.memberships::leave);
    var change = finish(profile, now);
    gone.addAll(change.left());
    return Change.of(change.entered(), gone, false);
  }

  /** Marks what time may have changed since the profile was last looked at. */
  private void markDue(Profile profile, long now) {
    if (profile.due > now) {
      return;
    }
    profile.trails.forEach(
        (key, trail) -> {
          var tracked = plan.tracked(key);
          if (tracked == null) {
            trail.flipAt = Trail.NEVER; // nobody asks any more
          } else if (trail.flipAt <= now) {
            touched.mark(tracked.rules());
            refresh(profile, tracked, now);
          }
        });
    if (profile.open != null && profile.sessions.current(now, timeout) == null) {
      touched.visit();
      profile.open = null;
    }
    if (profile.moves <= now) {
      plan.moving().tell(touched);
    }
  }

  /** After an event: another visit may be current, or the same one and longer. */
  private void markVisit(Profile profile, @Nullable Visit before, long now) {
    var current = profile.sessions.current(now, timeout);
    profile.open = current;
    if (current == null && before == null) {
      return;
    }
    if (current == null || before == null || !before.isBeginningOf(current)) {
      touched.visit();
    } else if (plan.reads(Root.SESSION)) {
      before.tell(current, touched);
    }
  }

  private Change finish(Profile profile, long now) {
    List<String> entered = List.of();
    List<String> left = List.of();
    if (!touched.rules().isEmpty()) {
      entered = new ArrayList<>(2);
      left = new ArrayList<>(2);
      evaluate(profile, now, entered, left);
    }
    profile.due = nextDue(profile, now);
    profile.plan = plan.fingerprint();
    return Change.of(entered, left, touched.fields());
  }

  private void evaluate(Profile profile, long now, List<String> entered, List<String> left) {
    facts.look(profile, now);
    var work = touched.rules();
    for (int number = work.nextSetBit(0); number >= 0; number = work.nextSetBit(number + 1)) {
      var rule = plan.rule(number);
      if (profile.gaps.lacksAny(rule.open())) {
        continue; // half a past is worse than none
      }
      boolean was = profile.memberships.has(rule.key());
      boolean is = holds(rule, was);
      if (is != was) {
        touched.mark(rule.dependants());
        (is ? entered : left).add(rule.key());
        if (is) {
          profile.memberships.enter(rule.key(), now);
        } else {
          profile.memberships.leave(rule.key());
        }
      }
    }
  }

  private boolean holds(SegmentPlan.Rule rule, boolean before) {
    evaluations++;
    try {
      return rule.condition().test(facts);
    } catch (RuntimeException e) {
      failures.merge(rule.key(), 1L, Long::sum);
      return before;
    }
  }

  private long nextDue(Profile profile, long now) {
    profile.moves = plan.moving().next(profile, now);
    long next = profile.moves;
    if (!profile.trails.isEmpty()) {
      for (var trail : profile.trails.values()) {
        next = Math.min(next, trail.flipAt);
      }
    }
    var session = profile.open;
    if (session != null && plan.changesWithEnd(profile, session, now)) {
      next = Math.min(next, session.last + timeout);
    }
    return next;
  }
}
