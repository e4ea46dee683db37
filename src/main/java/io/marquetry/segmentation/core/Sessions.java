package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A visitor's visits: the last few whole, the older ones as a number.
 *
 * <p>Design note: events that lie closer together than the timeout are one visit, however they
 * arrive. A late event joins the visit it belongs to, opens one of its own, or turns out to bridge
 * two that looked apart, whose counts then add up; it never enters the current visit unless it
 * belongs there. This is exact as far back as visits are kept. An event older than that counts in
 * no visit, since whether it would have been one of its own can no longer be known.
 */
final class Sessions {
  /** How many visits are kept whole: the current one and some for late events to fall into. */
  static final int KEPT = 4;

  private static final Comparator<Session> BY_START =
      Comparator.comparing((Session session) -> session.first);

  private final List<Session> kept = new ArrayList<>(1);
  private long closed;

  /** Adds an event to the visit it belongs to; null where it is too old to tell. */
  @Nullable Session add(Occurrence event, long timeout) {
    if (kept.isEmpty() && closed == 0) {
      return open(0, event);
    }
    for (int i = kept.size() - 1; i >= 0; i--) {
      var session = kept.get(i);
      if (event.at() - session.last >= timeout) {
        return open(i + 1, event);
      }
      if (session.first.at() - event.at() < timeout) {
        session.add(event);
        bridge(i, timeout);
        return session;
      }
    }
    return closed == 0 ? open(0, event) : null;
  }

  /** The visit going on at this moment, if one is. */
  @Nullable Session current(long now, long timeout) {
    var newest = kept.isEmpty() ? null : kept.getLast();
    return newest != null && now - newest.last < timeout ? newest : null;
  }

  /** The visit an event of this time was counted in, if it is kept. */
  @Nullable Session at(long time) {
    for (var session : kept) {
      if (session.first.at() <= time && time <= session.last) {
        return session;
      }
    }
    return null;
  }

  /** How many visits there were. */
  long visits() {
    return closed + kept.size();
  }

  /** The visits kept whole, the oldest first. */
  List<Session> kept() {
    return kept;
  }

  /** Visits that are only counted. */
  long closed() {
    return closed;
  }

  void restore(long closedBefore, List<Session> sessions) {
    closed = closedBefore;
    kept.addAll(sessions);
  }

  /** Takes over the visits of another history of the same person. */
  void absorb(Sessions other, long timeout) {
    closed += other.closed;
    kept.addAll(other.kept);
    kept.sort(BY_START);
    for (int i = kept.size() - 1; i > 0; i--) {
      if (joins(kept.get(i - 1), kept.get(i), timeout)) {
        kept.get(i - 1).absorb(kept.remove(i));
        i = Math.min(i + 1, kept.size());
      }
    }
    shrink();
  }

  private Session open(int index, Occurrence event) {
    var session = new Session(event.stamp());
    session.add(event);
    kept.add(index, session);
    shrink();
    return session;
  }

  /** An event at the edge of a visit may have closed the gap to the one before it. */
  private void bridge(int index, long timeout) {
    if (index > 0 && joins(kept.get(index - 1), kept.get(index), timeout)) {
      kept.get(index).absorb(kept.remove(index - 1));
    }
  }

  private static boolean joins(Session earlier, Session later, long timeout) {
    return later.first.at() - earlier.last < timeout;
  }

  private void shrink() {
    while (kept.size() > KEPT) {
      kept.removeFirst();
      closed++;
    }
  }
}
