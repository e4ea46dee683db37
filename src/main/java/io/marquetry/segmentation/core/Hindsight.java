package io.marquetry.segmentation.core;

import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Behaviour.Ago;
import io.marquetry.condition.Behaviour.Did;
import io.marquetry.condition.Behaviour.Edge;
import io.marquetry.condition.Count;
import io.marquetry.condition.Window;
import org.jspecify.annotations.Nullable;

/**
 * What a profile's last events say of a behaviour that nobody counts.
 *
 * <p>They are counted like any other, in a profile made for it. Design note: an answer is sure
 * where everything that can matter is remembered, as a rule all events since the window begins. A
 * number of times can only be more than was found, so it is sure where no more would make a
 * difference; and the last time is, once it is found.
 */
final class Hindsight {
  private final Profile profile;
  private final Behaviour behaviour;
  private final long now;
  private final @Nullable Session visit;
  private final Profile trial;
  private final @Nullable Session trialVisit;
  private final Gauge gauge;
  private final long from;
  private boolean whole = true;
  private int found;
  private long newest = Long.MIN_VALUE;

  /**
   * @param visit going on now
   */
  Hindsight(Profile profile, Behaviour behaviour, @Nullable Session visit, long now) {
    this.profile = profile;
    this.behaviour = behaviour;
    this.now = now;
    this.visit = visit;
    this.trial = new Profile(profile.id, profile.site);
    this.trialVisit = visit == null ? null : new Session(visit.first);
    this.gauge = Gauge.of("trial", behaviour);
    this.from = from();
    profile.recent.entries().forEach(this::add);
  }

  private void add(RecentEvents.Entry entry) {
    var event = entry.event();
    boolean matters = entry.at() >= from;
    whole &= !matters || event.isSure(behaviour);
    int mask = event.surely(behaviour);
    if (mask != 0) {
      boolean visits = Occurrence.isVisit(event.type().equals("track"), event.name());
      boolean inVisit = visits && visit != null && profile.sessions.at(entry.at()) == visit;
      gauge.add(trial, entry, mask, inVisit ? trialVisit : null);
      found += matters && (inVisit || !isOfVisit()) ? 1 : 0;
      newest = Math.max(newest, entry.at());
    }
  }

  boolean holds() {
    return gauge.holds(trial, now, trialVisit);
  }

  boolean isSure() {
    if (behaviour instanceof Did did && did.measure() instanceof Count count) {
      return (whole && reachesBackTo(from)) || isSettled(count);
    }
    if (behaviour instanceof Ago ago && ago.edge() == Edge.LAST && found > 0) {
      return whole && reachesBackTo(newest);
    }
    return whole && reachesBackTo(from);
  }

  private boolean reachesBackTo(long time) {
    return profile.recent.forgotten() < time || profile.recent.forgotten() == Long.MIN_VALUE;
  }

  /** Whether the answer would be the same had it happened more often. */
  private boolean isSettled(Count count) {
    boolean holds = count.test(found);
    for (int more = found + 1; more <= count.horizon(); more++) {
      if (count.test(more) != holds) {
        return false;
      }
    }
    return true;
  }

  private boolean isOfVisit() {
    return behaviour instanceof Did did && did.window() instanceof Window.Session;
  }

  /** Since when events matter. */
  private long from() {
    if (behaviour instanceof Did did) {
      return switch (did.window()) {
        case Window.Ever _ -> Long.MIN_VALUE;
        case Window.Session _ -> visit == null ? Long.MAX_VALUE : visit.first.at();
        case Window.Sliding(var length) -> now - length.toMillis() + 1;
      };
    }
    return Long.MIN_VALUE;
  }
}
