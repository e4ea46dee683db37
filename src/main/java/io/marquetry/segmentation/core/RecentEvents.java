package io.marquetry.segmentation.core;

import io.marquetry.condition.FieldPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last few events of a visitor, sorted, for segments that are defined after the fact.
 *
 * <p>Design note: a new behaviour counts from what is remembered here: at most {@link #KEPT} events
 * of the {@link #SPAN} before the newest. That makes a segment right for the visit that is going on
 * while it is being defined, at a few hundred bytes a visitor instead of a history. Both bounds
 * look at the events alone, so what is kept does not depend on the order of arrival.
 */
final class RecentEvents {
  static final int KEPT = 64;
  static final long SPAN = 24 * 60 * 60 * 1000L;

  private final List<Entry> entries = new ArrayList<>(0);
  private long forgotten = Long.MIN_VALUE;

  /** An event in its place in time. */
  record Entry(Stamp stamp, RecentEvent event) implements Sighting {
    @Override
    public long at() {
      return stamp.at();
    }

    @Override
    public @Nullable Object value(FieldPath path) {
      return event.value(path);
    }
  }

  void add(Stamp stamp, RecentEvent event) {
    int place = place(stamp);
    if (place == 0 && entries.size() >= KEPT) {
      forget(stamp.at());
      return;
    }
    entries.add(place, new Entry(stamp, event));
    long oldest = entries.getLast().stamp().at() - SPAN;
    while (entries.size() > KEPT || entries.getFirst().stamp().at() <= oldest) {
      forget(entries.removeFirst().stamp().at());
    }
  }

  /** An event of this time is not remembered. */
  void forget(long at) {
    forgotten = Math.max(forgotten, at);
  }

  /** Remembers nothing, nor an event of this time. */
  void forgetAll(long at) {
    if (!entries.isEmpty()) {
      forget(entries.getLast().at());
      entries.clear();
    }
    forget(at);
  }

  /** When the newest event happened that is not remembered; {@link Long#MIN_VALUE} for none. */
  long forgotten() {
    return forgotten;
  }

  /** Where an event belongs: mostly at the end. */
  private int place(Stamp stamp) {
    int from = 0;
    int to = entries.size();
    if (to == 0 || entries.getLast().stamp().compareTo(stamp) < 0) {
      return to;
    }
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (entries.get(middle).stamp().compareTo(stamp) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** The oldest first. */
  List<Entry> entries() {
    return entries;
  }

  void absorb(RecentEvents other) {
    forget(other.forgotten);
    other.entries.forEach(entry -> add(entry.stamp(), entry.event()));
  }
}
