package io.marquetry.segmentation.core;

import io.marquetry.condition.Age;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Behaviour.Edge;
import io.marquetry.condition.Behaviour.Sequence;
import io.marquetry.condition.Count;
import io.marquetry.condition.Distinct;
import io.marquetry.condition.Measure;
import io.marquetry.condition.Sum;
import io.marquetry.condition.Window;
import org.jspecify.annotations.Nullable;

/**
 * How one behaviour is counted in a profile, and what the count says at a moment.
 *
 * <p>Design note: each kind keeps the least that decides it exactly: a number for what is ever
 * counted or added up, a number in the visit for what a visit counts, a {@link Trail} for the rest.
 */
sealed interface Gauge {
  /**
   * Takes in an event that concerns the behaviour.
   *
   * @param mask for a sequence, what the event may stand for
   * @param session the visit it belongs to; null where it belongs to none
   */
  void add(Profile profile, Sighting event, int mask, @Nullable Session session);

  /**
   * Whether the behaviour is shown.
   *
   * @param session the visit going on at that moment
   */
  boolean holds(Profile profile, long now, @Nullable Session session);

  /** The moment after now at which the answer changes, if nothing happens and no visit ends. */
  default long flip(Profile profile, long now) {
    return Trail.NEVER;
  }

  static Gauge of(String key, Behaviour behaviour) {
    return switch (behaviour) {
      case Behaviour.Did did -> did(key, did.window(), did.measure());
      case Behaviour.Ago ago -> new Since(key, ago.edge() == Edge.FIRST, ago.age());
      case Sequence sequence -> new InOrder(key, sequence);
    };
  }

  private static Gauge did(String key, Window window, Measure measure) {
    if (measure instanceof Distinct distinct) {
      return new Different(key, window, distinct);
    }
    return switch (window) {
      case Window.Ever _ -> new Ever(key, measure);
      case Window.Session _ -> new Visiting(key, measure);
      case Window.Sliding(var length) ->
          measure instanceof Sum sum
              ? new Adding(key, length.toMillis(), sum)
              : new Counting(key, length.toMillis(), (Count) measure);
    };
  }

  private static long amount(Measure measure, Sighting event) {
    return measure instanceof Sum sum ? Sum.millionths(event.value(sum.property())) : 1;
  }

  private static boolean test(Measure measure, long total) {
    return measure instanceof Sum sum ? sum.test(total) : ((Count) measure).test(total);
  }

  /** A number over all time. */
  record Ever(String key, Measure measure) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      profile.ever.merge(key, amount(measure, event), Long::sum);
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      return test(measure, profile.ever.getOrDefault(key, 0L));
    }
  }

  /** A number in the current visit. */
  record Visiting(String key, Measure measure) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      if (session != null) {
        session.counts.merge(key, amount(measure, event), Long::sum);
      }
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      return test(measure, session == null ? 0 : session.count(key));
    }
  }

  /** A count in a sliding window. */
  record Counting(String key, long length, Count count) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      var times = (LatestTimes) profile.trails.computeIfAbsent(key, one -> new LatestTimes());
      times.add(event.at(), count.horizon());
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      return count.test(
          profile.trails.get(key) instanceof LatestTimes times ? times.within(now, length) : 0);
    }

    @Override
    public long flip(Profile profile, long now) {
      return profile.trails.get(key) instanceof LatestTimes times
          ? times.flip(now, length, count)
          : Trail.NEVER;
    }
  }

  /** A sum in a sliding window. */
  record Adding(String key, long length, Sum sum) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      long amount = amount(sum, event);
      if (amount != 0) {
        var amounts = (Amounts) profile.trails.computeIfAbsent(key, one -> new Amounts());
        amounts.add(event.at(), amount, length, sum.horizon());
      }
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      return sum.test(
          profile.trails.get(key) instanceof Amounts amounts ? amounts.within(now, length) : 0);
    }

    @Override
    public long flip(Profile profile, long now) {
      return profile.trails.get(key) instanceof Amounts amounts
          ? amounts.flip(now, length, sum)
          : Trail.NEVER;
    }
  }

  /**
   * A count of different values. In a visit those count that were seen since it began; it is the
   * newest, so nothing else happened since.
   */
  record Different(String key, Window window, Distinct distinct) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      long value = Distinct.key(event.value(distinct.property()));
      if (value == Distinct.NO_VALUE || (window instanceof Window.Session && session == null)) {
        return;
      }
      var kinds = (Kinds) profile.trails.computeIfAbsent(key, one -> new Kinds());
      kinds.add(value, event.at(), distinct.is().horizon());
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      int seen =
          !(profile.trails.get(key) instanceof Kinds kinds)
              ? 0
              : switch (window) {
                case Window.Ever _ -> kinds.size();
                case Window.Session _ -> session == null ? 0 : kinds.after(session.first.at() - 1);
                case Window.Sliding(var length) -> kinds.after(now - length.toMillis());
              };
      return distinct.is().test(seen);
    }

    @Override
    public long flip(Profile profile, long now) {
      return window instanceof Window.Sliding(var length)
              && profile.trails.get(key) instanceof Kinds kinds
          ? kinds.flip(now, length.toMillis(), distinct.is())
          : Trail.NEVER;
    }
  }

  /** How long ago the first or the last was. */
  record Since(String key, boolean first, Age age) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      if (profile.trails.get(key) instanceof EdgeTime edge) {
        edge.add(event.at());
      } else {
        profile.trails.put(key, new EdgeTime(first, event.at()));
      }
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      return profile.trails.get(key) instanceof EdgeTime edge && edge.holds(now, age);
    }

    @Override
    public long flip(Profile profile, long now) {
      return profile.trails.get(key) instanceof EdgeTime edge ? edge.flip(now, age) : Trail.NEVER;
    }
  }

  /** One thing after the other. */
  record InOrder(String key, Sequence sequence) implements Gauge {
    @Override
    public void add(Profile profile, Sighting event, int mask, @Nullable Session session) {
      var steps =
          (Steps) profile.trails.computeIfAbsent(key, one -> new Steps(sequence.steps().size()));
      steps.add(event.at(), mask, sequence);
    }

    @Override
    public boolean holds(Profile profile, long now, @Nullable Session session) {
      return profile.trails.get(key) instanceof Steps steps && steps.holds(now, sequence);
    }

    @Override
    public long flip(Profile profile, long now) {
      return profile.trails.get(key) instanceof Steps steps
          ? steps.flip(now, sequence)
          : Trail.NEVER;
    }
  }
}
