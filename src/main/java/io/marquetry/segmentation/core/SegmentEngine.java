package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.condition.Count;
import io.marquetry.condition.Window;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the memberships of profiles right: as events arrive, as time passes, as definitions change.
 *
 * <p>Single-threaded; works on one profile at a time. Design note: folding an event marks the
 * numbers of the segments that read something that changed; those, and those that build on the ones
 * that flip, are evaluated in ascending order, everything else keeps its answer. What time alone
 * can change is known in advance: each sliding count notes when it flips next, a visit when it
 * ends, and the earliest of these is the profile's {@link Profile#due}. Answers between two such
 * moments are constant, so membership is exact at any moment at which {@link #expire} has been
 * called when due.
 */
final class SegmentEngine {
  private final SegmentPlan plan;
  private final long timeout;
  private final Devices devices;
  private final ProfileFacts facts;
  private final BitSet work = new BitSet();
  private final Marker marker = new Marker();
  private boolean fieldsChanged;
  private long evaluations;
  private final Map<String, Long> failures = new HashMap<>();

  SegmentEngine(SegmentPlan plan, long timeout, Devices devices) {
    this.plan = plan;
    this.timeout = timeout;
    this.devices = devices;
    this.facts = new ProfileFacts(plan, timeout);
  }

  SegmentPlan plan() {
    return plan;
  }

  /** How many segments were evaluated so far: the measure of what events touch. */
  long evaluations() {
    return evaluations;
  }

  /** How often the evaluation of a segment failed, by key; such a segment keeps its answer. */
  Map<String, Long> failures() {
    return failures;
  }

  /** Applies one event. Fails, with the profile untouched, where the event cannot be read. */
  Change apply(Profile profile, Event event, long now) {
    var occurrence = Occurrence.of(event, devices);
    var matching = plan.watching(event.name()).matching(occurrence);
    begin();
    if (profile.events == 0) {
      fieldsChanged = true;
      work.set(0, plan.size());
    }
    markDue(profile, now);
    var before = Visit.of(profile.open);
    var session = profile.fold(occurrence, timeout, marker);
    for (int i = 0; i < matching.size(); i++) {
      count(profile, matching.get(i), occurrence.at(), session);
    }
    refresh(profile, matching, now);
    markVisit(profile, before, now);
    return finish(profile, now);
  }

  /** Works out again what time has changed. */
  Change expire(Profile profile, long now) {
    if (profile.asleep) {
      return align(profile, now);
    }
    begin();
    markDue(profile, now);
    return finish(profile, now);
  }

  /**
   * Brings a profile up to this plan and this moment, if it is not: forgets what nobody counts any
   * more, counts for new behaviours what is remembered of the recent past, and evaluates every
   * segment.
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
    profile.ever.keySet().removeIf(id -> plan.tracked(id) == null);
    profile.sliding.keySet().removeIf(id -> plan.tracked(id) == null);
    for (var session : profile.sessions.kept()) {
      session.counts.keySet().removeIf(id -> plan.tracked(id) == null);
    }
    for (var tracked : plan.tracked()) {
      backfill(profile, tracked);
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
    from.ever.forEach((id, count) -> into.ever.merge(id, count, Long::sum));
    from.sliding.forEach(
        (id, times) -> {
          var tracked = plan.tracked(id);
          int horizon = tracked == null ? Count.MAX_THRESHOLD + 1 : tracked.horizon();
          into.sliding.computeIfAbsent(id, key -> new LatestTimes()).absorb(times, horizon);
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
      var value = profile.field(path, now, timeout);
      if (value != null) {
        fields.put(path.toString(), value);
      }
    }
    return fields;
  }

  private void begin() {
    work.clear();
    fieldsChanged = false;
  }

  private static void count(Profile profile, Tracked tracked, long at, @Nullable Session session) {
    switch (tracked.window()) {
      case Window.Ever _ -> profile.ever.merge(tracked.id(), 1L, Long::sum);
      case Window.Sliding _ ->
          profile
              .sliding
              .computeIfAbsent(tracked.id(), id -> new LatestTimes())
              .add(at, tracked.horizon());
      case Window.Session _ -> {
        if (session != null) {
          session.counts.merge(tracked.id(), 1, Integer::sum);
        }
      }
    }
  }

  /** Marks who reads what was just counted. */
  private void refresh(Profile profile, List<Tracked> counted, long now) {
    for (int i = 0; i < counted.size(); i++) {
      var tracked = counted.get(i);
      mark(tracked.rules());
      var times = profile.sliding.get(tracked.id());
      if (times != null) {
        times.refresh(now, tracked.length(), tracked.count());
      }
    }
  }

  /** Works out again what hangs on time, of which nobody took care while the profile was stored. */
  private Change wake(Profile profile, long now) {
    begin();
    profile.sliding.keySet().forEach(id -> markReaders(id));
    work.or(plan.onSession());
    refreshAll(profile, now);
    profile.open = profile.sessions.current(now, timeout);
    return finish(profile, now);
  }

  private void markReaders(String behaviour) {
    var tracked = plan.tracked(behaviour);
    if (tracked != null) {
      mark(tracked.rules());
    }
  }

  private void refreshAll(Profile profile, long now) {
    profile.sliding.forEach(
        (id, times) -> {
          var tracked = plan.tracked(id);
          if (tracked != null) {
            times.refresh(now, tracked.length(), tracked.count());
          }
        });
  }

  /** A behaviour that nothing was counted of yet is counted in what is remembered. */
  private void backfill(Profile profile, Tracked tracked) {
    if (profile.ever.containsKey(tracked.id())
        || profile.sliding.containsKey(tracked.id())
        || profile.sessions.kept().stream().anyMatch(one -> one.count(tracked.id()) > 0)) {
      return;
    }
    for (var entry : profile.recent.entries()) {
      var event = entry.event();
      if (event.name().equals(tracked.event()) && event.surely(tracked.where())) {
        boolean visit = Occurrence.isVisit(event.type().equals("track"), event.name());
        long at = entry.stamp().at();
        count(profile, tracked, at, visit ? profile.sessions.at(at) : null);
      }
    }
  }

  private Change evaluateAll(Profile profile, long now) {
    begin();
    work.set(0, plan.size());
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
    profile.sliding.forEach(
        (id, times) -> {
          var tracked = plan.tracked(id);
          if (tracked == null) {
            times.dismiss();
          } else if (times.flipAt() <= now) {
            mark(tracked.rules());
            times.refresh(now, tracked.length(), tracked.count());
          }
        });
    if (profile.open != null && profile.sessions.current(now, timeout) == null) {
      markVisit();
      profile.open = null;
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
      markVisit();
    } else if (plan.reads(Root.SESSION)) {
      before.tell(current, marker);
    }
  }

  private void markVisit() {
    work.or(plan.onSession());
    var readers = plan.readers(Root.SESSION);
    if (readers != null) {
      fieldsChanged |= readers.whole().stream().anyMatch(SegmentPlan.Reader::projected);
      for (var named : readers.byName().values()) {
        fieldsChanged |= named.stream().anyMatch(SegmentPlan.Reader::projected);
      }
    }
  }

  private void mark(List<Integer> numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      work.set(numbers.get(i));
    }
  }

  private Change finish(Profile profile, long now) {
    List<String> entered = List.of();
    List<String> left = List.of();
    if (!work.isEmpty()) {
      entered = new ArrayList<>(2);
      left = new ArrayList<>(2);
      evaluate(profile, now, entered, left);
    }
    profile.due = nextDue(profile);
    profile.plan = plan.fingerprint();
    return Change.of(entered, left, fieldsChanged);
  }

  private void evaluate(Profile profile, long now, List<String> entered, List<String> left) {
    facts.look(profile, now);
    for (int number = work.nextSetBit(0); number >= 0; number = work.nextSetBit(number + 1)) {
      var rule = plan.rule(number);
      boolean was = profile.memberships.has(rule.key());
      boolean is = holds(rule, was);
      if (is != was) {
        mark(rule.dependants());
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

  private long nextDue(Profile profile) {
    long next = LatestTimes.NEVER;
    if (!profile.sliding.isEmpty()) {
      for (var times : profile.sliding.values()) {
        next = Math.min(next, times.flipAt());
      }
    }
    var session = profile.open;
    if (session != null && changesWithEnd(session)) {
      next = Math.min(next, session.last + timeout);
    }
    return next;
  }

  /** Whether any answer will be another one when this visit is over. */
  private boolean changesWithEnd(Session session) {
    if (plan.reads(Root.SESSION)) {
      return true;
    }
    for (var counted : session.counts.entrySet()) {
      var tracked = plan.tracked(counted.getKey());
      if (tracked != null && tracked.count().test(counted.getValue()) != tracked.count().test(0)) {
        return true;
      }
    }
    return false;
  }

  /** Marks who reads a field that changed. */
  private final class Marker implements Touch {
    @Override
    public boolean follows(Root root) {
      return plan.reads(root);
    }

    @Override
    public void changed(Root root, String name, @Nullable Object before, @Nullable Object now) {
      var readers = plan.readers(root);
      if (readers == null || Objects.equals(before, now)) {
        return;
      }
      readers.whole().forEach(this::read);
      var named = readers.byName().get(name);
      if (named == null) {
        return;
      }
      int deeper = root == Root.SELF ? 1 : 2;
      for (int i = 0; i < named.size(); i++) {
        var path = named.get(i).path();
        if (path.size() <= deeper
            || !Objects.equals(path.resolve(before, deeper), path.resolve(now, deeper))) {
          read(named.get(i));
        }
      }
    }

    private void read(SegmentPlan.Reader reader) {
      mark(reader.rules());
      fieldsChanged |= reader.projected();
    }
  }
}
