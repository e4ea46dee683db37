package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a profile's memberships will be at moments to come if nothing happens until then.
 *
 * <p>Changes nothing. Design note: whoever decides something has a copy of memberships that follows
 * ours by some milliseconds, or longer where very many windows slide past at once. Told beforehand
 * what a window does when it slides past, they can be exact at the moment of deciding.
 */
final class Foresight {
  private static final int MOST = 8;

  private final SegmentPlan plan;
  private final long timeout;
  private final ProfileFacts facts;
  private final Touched touched;

  /**
   * One moment at which time alone changes something.
   *
   * @param segments the memberships from then on
   * @param fieldsChanged whether fields that decisions read have other values
   */
  record Turn(long at, Memberships segments, boolean fieldsChanged) {}

  Foresight(SegmentPlan plan, long timeout) {
    this.plan = plan;
    this.timeout = timeout;
    this.facts = new ProfileFacts(plan, timeout);
    this.touched = new Touched(plan);
  }

  /**
   * The turns up to a moment, in order; the moments at which nothing turns out otherwise are left
   * out.
   */
  List<Turn> until(Profile profile, long moment) {
    if (profile.due > moment || profile.asleep || !isAligned(profile)) {
      return List.of();
    }
    var turns = new ArrayList<Turn>(1);
    var flips = new HashMap<String, Long>();
    profile.trails.forEach((key, trail) -> flips.put(key, trail.flipAt));
    var memberships = profile.memberships;
    var visit = profile.open;
    long moves = profile.moves;
    long at = next(profile, flips, visit, profile.due);
    for (int i = 0; at <= moment && i < MOST; i++) {
      touched.clear();
      boolean over = visit != null && visit.last + timeout <= at;
      if (over) {
        touched.visit();
        visit = null;
      }
      if (moves <= at) {
        plan.moving().tell(touched);
        moves = Trail.NEVER;
      }
      slide(profile, flips, at);
      var after = evaluate(profile, memberships, at);
      if (touched.fields() || after != memberships) {
        turns.add(new Turn(at, after, touched.fields()));
      }
      memberships = after;
      at = next(profile, flips, visit, moves);
    }
    return turns;
  }

  /** The memberships at a moment that is now or lies behind; the profile's own where they hold. */
  Memberships now(Profile profile, long now) {
    if (!isAligned(profile) || (profile.due > now && !profile.asleep)) {
      return profile.memberships;
    }
    touched.clear();
    for (var key : profile.trails.keySet()) {
      var tracked = plan.tracked(key);
      if (tracked != null) {
        touched.mark(tracked.rules());
      }
    }
    touched.rules().or(plan.onSession());
    plan.moving().tell(touched);
    return evaluate(profile, profile.memberships, now);
  }

  private boolean isAligned(Profile profile) {
    return plan != SegmentPlan.NONE && profile.plan.equals(plan.fingerprint());
  }

  private long next(
      Profile profile, Map<String, Long> flips, @Nullable Session visit, long otherwise) {
    long next = otherwise;
    for (long flip : flips.values()) {
      next = Math.min(next, flip);
    }
    return visit != null && plan.changesWithEnd(profile, visit, visit.last)
        ? Math.min(next, visit.last + timeout)
        : next;
  }

  private void slide(Profile profile, Map<String, Long> flips, long at) {
    flips.replaceAll(
        (key, flip) -> {
          var tracked = plan.tracked(key);
          if (tracked == null || flip > at) {
            return tracked == null ? Long.valueOf(Trail.NEVER) : flip;
          }
          touched.mark(tracked.rules());
          return tracked.gauge().flip(profile, at);
        });
  }

  /** The same memberships where nothing turns out otherwise. */
  private Memberships evaluate(Profile profile, Memberships before, long at) {
    Memberships after = before;
    facts.look(profile, at, after);
    var work = touched.rules();
    for (int number = work.nextSetBit(0); number >= 0; number = work.nextSetBit(number + 1)) {
      var rule = plan.rule(number);
      if (profile.gaps.lacksAny(rule.open())) {
        continue;
      }
      boolean was = after.has(rule.key());
      if (holds(rule, was) != was) {
        touched.mark(rule.dependants());
        if (after == before) {
          after = before.copy();
          facts.look(profile, at, after);
        }
        if (was) {
          after.leave(rule.key());
        } else {
          after.enter(rule.key(), at);
        }
      }
    }
    return after;
  }

  /** A segment that cannot be evaluated keeps its answer, here as in the engine. */
  private boolean holds(SegmentPlan.Rule rule, boolean before) {
    try {
      return rule.condition().test(facts);
    } catch (RuntimeException e) {
      return before;
    }
  }
}
