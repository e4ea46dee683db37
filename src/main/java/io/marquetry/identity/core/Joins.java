package io.marquetry.identity.core;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which profile each profile went up in, as of any position of the log.
 *
 * <p>A join holds from one position up to another; a profile that was split off again may go up in
 * another one later. Nothing is forgotten, so an old event is resolved as it was the first time.
 */
final class Joins {
  private final Map<Id128, List<Span>> spans = new HashMap<>();

  /** A join and how long it held: from a position, up to but without another. */
  private record Span(long from, long until, Id128 into) {
    boolean holds(long asOf) {
      return from <= asOf && asOf < until;
    }
  }

  void begin(Id128 profile, Id128 into, long position) {
    var known = spans.getOrDefault(profile, List.of());
    var longer = new ArrayList<Span>(known.size() + 1);
    longer.addAll(known);
    longer.add(new Span(position, Long.MAX_VALUE, into));
    spans.put(profile, List.copyOf(longer));
  }

  /** Ends the join that holds now, if one does. */
  void end(Id128 profile, long position) {
    var known = spans.get(profile);
    if (known == null || known.getLast().until() != Long.MAX_VALUE) {
      return;
    }
    var last = known.getLast();
    var ended = new ArrayList<>(known.subList(0, known.size() - 1));
    ended.add(new Span(last.from(), position, last.into()));
    spans.put(profile, List.copyOf(ended));
  }

  /** The profile that a profile's history is in. */
  Id128 root(Id128 profile, long asOf) {
    var root = profile;
    var into = into(root, asOf);
    while (!into.equals(root)) {
      root = into;
      into = into(root, asOf);
    }
    return root;
  }

  private Id128 into(Id128 profile, long asOf) {
    var known = spans.get(profile);
    if (known != null) {
      for (int i = known.size() - 1; i >= 0; i--) {
        if (known.get(i).holds(Math.min(asOf, Long.MAX_VALUE - 1))) {
          return known.get(i).into();
        }
      }
    }
    return profile;
  }

  boolean knows(Id128 profile) {
    return spans.containsKey(profile);
  }
}
