package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A log in which visitors are joined and split, and who was who at each of its places. */
final class JoinedLog {
  /** After the last place. */
  static final long NOW = Long.MAX_VALUE - 1;

  private final List<Entry> entries = new ArrayList<>();
  private final List<Join> joins = new ArrayList<>();
  private final List<Split> splits = new ArrayList<>();

  /** An event, and before it a join or a split. */
  record Entry(
      long position, Id128 device, Event event, @Nullable Join join, @Nullable Split split) {}

  /** Holds from one position up to but without another. */
  record Join(long position, long until, Id128 from, Id128 into) {
    boolean holds(long asOf) {
      return position <= asOf && asOf < until;
    }
  }

  record Split(long position, Id128 whole, Id128 part) {}

  int size() {
    return entries.size();
  }

  Entry get(int index) {
    return entries.get(index);
  }

  List<Entry> entries() {
    return entries;
  }

  private long next() {
    return entries.size() + 1L;
  }

  /** The profile that one went up in, as of a place. */
  Id128 root(Id128 profile, long asOf) {
    for (var join : joins) {
      if (join.from().equals(profile) && join.holds(asOf)) {
        return root(join.into(), asOf);
      }
    }
    return profile;
  }

  /** The profile that an event was applied to, or began anew since and is told it. */
  Id128 origin(Entry entry, long asOf) {
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
    long position = next();
    Join join = null;
    if (same != null) {
      var from = root(same, position);
      var into = root(device, position);
      if (!from.equals(into)) {
        join = new Join(position, Long.MAX_VALUE, from, into);
        joins.add(join);
      }
    }
    entries.add(new Entry(position, device, event, join, null));
  }

  /** Somebody takes a join back; null where there is none. */
  @Nullable Split part(Event order, Random random) {
    var open = joins.stream().filter(join -> join.until() == Long.MAX_VALUE).toList();
    if (open.isEmpty()) {
      return null;
    }
    long position = next();
    var join = open.get(random.nextInt(open.size()));
    var split = new Split(position, root(join.from(), position), join.from());
    joins.set(joins.indexOf(join), new Join(join.position(), position, join.from(), join.into()));
    splits.add(split);
    entries.add(new Entry(position, order.message(), order, null, split));
    return split;
  }

  /** What one side of a split did between two places, before they were split. */
  List<Resolved> told(Split split, Id128 side, long from, long to) {
    return entries.stream()
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

  /** Whether a side was part of another split since. */
  boolean isRenewed(Id128 side, long after) {
    return splits.stream()
        .filter(split -> split.position() > after)
        .anyMatch(split -> root(side, split.position() - 1).equals(split.whole()));
  }

  /** Whether a profile did anything. */
  boolean knows(Id128 profile) {
    return entries.stream().anyMatch(entry -> root(entry.device(), NOW).equals(profile));
  }

  /** What the profiles were whose event came first; several where some came in one moment. */
  Set<Id128> firsts(Id128 profile) {
    var firsts = new TreeSet<Id128>();
    long earliest = Long.MAX_VALUE;
    for (var entry : entries) {
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

  /**
   * Writes the same events into another log, each by its last holder, who was never anybody else.
   */
  void settleInto(JoinedLog other) {
    for (var entry : entries) {
      var holder = root(entry.device(), NOW);
      other.entries.add(new Entry(entry.position(), holder, entry.event(), null, null));
    }
  }
}
