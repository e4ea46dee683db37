package io.marquetry.identity.core;

import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which profile each identifier leads to, as of any position in the log.
 *
 * <p>An identifier nobody said anything about leads to the profile with the same bits, so a device
 * that was never linked costs nothing. What was said is kept with the position from which it holds:
 * a lookup takes the newest pointer up to a position and follows the joins up to that position.
 * Events that are replayed after a crash are thereby resolved as they were the first time, however
 * much was learnt since. Nothing is compressed or overwritten, so a join can be taken back.
 *
 * <p>Chains of joins are short: a profile takes up a bounded number of others ({@link LinkRule}),
 * counting those that these had taken up. A device that changes hands for ever keeps its newest
 * {@value #MAX_POINTERS} pointers; beyond them the oldest one kept speaks for all before it.
 *
 * <p>Not thread-safe: owned by one event loop.
 */
public final class IdentityGraph {
  /** A position behind every event: as of now. */
  public static final long NOW = Long.MAX_VALUE;

  static final int MAX_POINTERS = 64;

  private final Map<Id128, List<Pointed>> pointers = new HashMap<>();
  private final Map<Id128, Joined> joins = new HashMap<>();
  private final Map<Long, List<Joined>> joinsAt = new HashMap<>();

  /** Of every profile that stands for itself: its person, what leads to it, what it took up. */
  private final Map<Id128, Group> groups = new HashMap<>();

  private long position;

  private static final class Group {
    private final Set<Id128> identifiers = new LinkedHashSet<>();
    private @Nullable Id128 user;
    private int joined;
  }

  /** The newest position that was linked; what is learnt next lies behind it. */
  public long position() {
    return position;
  }

  void advance(long to) {
    position = Math.max(position, to);
  }

  /** Takes over one change; in the order in which they were learnt. */
  public void apply(Change change) {
    switch (change) {
      case Pointed pointed -> point(pointed);
      case Joined joined -> join(joined);
    }
    advance(change.position());
  }

  private void point(Pointed pointed) {
    var before = groups.get(now(pointed.identifier()));
    if (before != null) {
      before.identifiers.remove(pointed.identifier());
    }
    var known = pointers.get(pointed.identifier());
    pointers.put(pointed.identifier(), known == null ? List.of(pointed) : append(known, pointed));
    var group = group(now(pointed.identifier()));
    group.identifiers.add(pointed.identifier());
    if (pointed.user()) {
      group.user = pointed.identifier();
    }
  }

  private static List<Pointed> append(List<Pointed> known, Pointed newest) {
    var longer = new ArrayList<>(known);
    longer.add(newest);
    return List.copyOf(longer.size() > MAX_POINTERS ? longer.subList(1, longer.size()) : longer);
  }

  private void join(Joined joined) {
    joins.put(joined.from(), joined);
    joinsAt.computeIfAbsent(joined.position(), at -> new ArrayList<>(1)).add(joined);
    var into = group(root(joined.into(), NOW));
    var from = groups.remove(joined.from());
    into.joined++;
    if (from != null) {
      into.joined += from.joined;
      into.identifiers.addAll(from.identifiers);
      into.user = into.user == null ? from.user : into.user;
    }
    if (!pointers.containsKey(joined.from())) {
      into.identifiers.add(joined.from());
    }
  }

  private Group group(Id128 profile) {
    return groups.computeIfAbsent(profile, absent -> new Group());
  }

  /** The profile an identifier led to when the log stood at {@code asOf}. */
  public Id128 resolve(Id128 identifier, long asOf) {
    return root(pointed(identifier, asOf), asOf);
  }

  Id128 now(Id128 identifier) {
    return resolve(identifier, NOW);
  }

  private Id128 pointed(Id128 identifier, long asOf) {
    var known = pointers.get(identifier);
    if (known == null) {
      return identifier;
    }
    for (int i = known.size() - 1; i >= 0; i--) {
      if (known.get(i).position() <= asOf) {
        return known.get(i).profile();
      }
    }
    return known.size() < MAX_POINTERS ? identifier : known.getFirst().profile();
  }

  private Id128 root(Id128 profile, long asOf) {
    var root = profile;
    var join = joins.get(root);
    while (join != null && join.position() <= asOf) {
      root = join.into();
      join = joins.get(root);
    }
    return root;
  }

  /** The joins that the event at a position brought about, in the order in which they happened. */
  List<Joined> joinsAt(long at) {
    return joinsAt.getOrDefault(at, List.of());
  }

  /** Whether a person's identifier was heard of. */
  boolean knows(Id128 user) {
    return pointers.containsKey(user) || joins.containsKey(user);
  }

  /** The person whose profile this is now; null where it is a device's. */
  public @Nullable Id128 user(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? null : group.user;
  }

  /** How many profiles went up in this one. */
  int joined(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? 0 : group.joined;
  }

  /** How many identifiers were pointed at or joined to this profile. */
  int size(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? 0 : group.identifiers.size();
  }

  /**
   * The profile of whoever comes with these identifiers now; at least one is given. Learns nothing.
   */
  public Id128 find(@Nullable Id128 device, @Nullable Id128 user) {
    if (user == null) {
      if (device == null) {
        throw new IllegalArgumentException("a visitor comes with a device or as a user");
      }
      return now(device);
    }
    if (device == null || knows(user)) {
      return now(user);
    }
    var profile = now(device);
    return user(profile) == null ? profile : user;
  }

  /**
   * Every identifier that leads to the same visitor as the first of {@code keys}, those asked for
   * included, the first one's profile among them where no device that changed hands has its bits.
   *
   * <p>The others bring what leads to the same visitor as they, but only where that is nobody in
   * particular: a shared device does not make its last user's identifiers the next one's.
   */
  public Set<Id128> identifiers(List<Id128> keys) {
    var found = new LinkedHashSet<Id128>(keys);
    var first = now(keys.getFirst());
    collect(first, found);
    for (var key : keys.subList(1, keys.size())) {
      var profile = now(key);
      if (user(profile) == null) {
        collect(profile, found);
      }
    }
    return found;
  }

  private void collect(Id128 profile, Set<Id128> found) {
    if (now(profile).equals(profile)) {
      found.add(profile);
    }
    var group = groups.get(profile);
    if (group != null) {
      found.addAll(group.identifiers);
    }
  }

  /**
   * The identifiers of a profile that are nobody else's: without devices that changed hands, which
   * may stand for others too.
   */
  public Set<Id128> own(Id128 profile) {
    var own = new HashSet<Id128>();
    collect(profile, own);
    own.removeIf(this::changedHands);
    return own;
  }

  private boolean changedHands(Id128 identifier) {
    var known = pointers.get(identifier);
    return known != null && !known.getLast().user();
  }
}
