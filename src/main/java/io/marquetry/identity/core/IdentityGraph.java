package io.marquetry.identity.core;

import io.marquetry.identity.core.Change.Cause;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.identity.core.Change.Quarantined;
import io.marquetry.identity.core.Change.Released;
import io.marquetry.identity.core.Group.Apart;
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
 * a lookup takes the newest pointer up to a position and follows the joins that held there. Events
 * that are replayed after a crash are thereby resolved as they were the first time, however much
 * was learnt, or taken back, since.
 *
 * <p>Chains of joins are short: a profile takes up a bounded number of others ({@link LinkRule}),
 * counting those that these had taken up.
 *
 * <p>Not thread-safe: owned by one event loop.
 */
public final class IdentityGraph {
  /** A position behind every event: as of now. */
  public static final long NOW = Long.MAX_VALUE;

  private final Pointers pointers = new Pointers();
  private final Joins joins = new Joins();
  private final Quarantines quarantines = new Quarantines();
  private final Map<Long, List<Change>> movesAt = new HashMap<>();
  private final Partings partings = new Partings(joins);

  /** Of every profile that stands for itself: its person, what leads to it, what connects it. */
  private final Map<Id128, Group> groups = new HashMap<>();

  private long position;

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
      case Parted parted -> part(parted);
      case Quarantined quarantined -> quarantines.enter(quarantined);
      case Released released -> quarantines.leave(released);
    }
    advance(change.position());
  }

  private void point(Pointed pointed) {
    var identifier = pointed.identifier();
    var before = groups.get(now(identifier));
    if (before != null) {
      before.places.remove(identifier);
    }
    pointers.add(pointed);
    var group = group(now(identifier));
    if (pointed.cause() == Cause.PERSON) {
      group.persons.add(identifier);
    }
    var node = pointed.place();
    var near = group.node(pointed.via());
    group.place(
        identifier,
        node,
        new Edge(pointed.position(), pointed.at(), evidence(pointed), near, node, null));
  }

  private static String evidence(Pointed pointed) {
    return switch (pointed.cause()) {
      case PERSON -> Edge.IDENTIFY;
      case HANDED -> Edge.HANDED;
      case SHARED, PARTED -> Edge.SHARED;
    };
  }

  private void join(Joined joined) {
    var into = group(joins.root(joined.into(), NOW));
    var from = group(joined.from());
    groups.remove(joined.from());
    joins.begin(joined.from(), joined.into(), joined.position());
    moves(joined);
    if (!pointers.knows(joined.from())) {
      from.places.put(joined.from(), joined.from());
    }
    var near = into.node(joined.kept());
    var far = from.node(joined.other());
    into.absorb(from);
    into.edges.add(
        new Edge(joined.position(), joined.at(), joined.evidence(), near, far, joined.from()));
    if (joined.evidence().equals(Joined.ADMIN)) {
      into.apart.removeIf(pair -> now(pair.one()).equals(now(pair.other())));
    }
  }

  private void moves(Change change) {
    movesAt.computeIfAbsent(change.position(), at -> new ArrayList<>(1)).add(change);
  }

  private void part(Parted parted) {
    var whole = group(parted.whole());
    var edge =
        whole.edges.stream()
            .filter(one -> one.joins(parted.kept(), parted.other()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no such connection"));
    var nodes = whole.beyond(edge);
    var named = whole.named(edge);
    whole.edges.remove(edge);
    joins.end(parted.part(), parted.position());
    var part = group(parted.part());
    move(whole, part, nodes, parted);
    var parting =
        new Parting(
            parted.position(),
            parted.at(),
            parted.site(),
            parted.whole(),
            parted.part(),
            nodes,
            named);
    partings.add(parting);
    moves(parted);
    for (var side : List.of(whole, part)) {
      side.note(parting);
      side.apart.add(new Apart(named.near(), named.far()));
    }
  }

  private void move(Group whole, Group part, Set<Id128> nodes, Parted parted) {
    for (var identifier : whole.give(part, nodes)) {
      pointers.add(moved(identifier, part.root, parted));
    }
    if (!nodes.contains(part.root)) {
      part.edges.add(
          new Edge(parted.position(), parted.at(), Edge.SHARED, part.root, parted.other(), null));
    }
  }

  /** It leads there for the reason for which it led here. */
  private Pointed moved(Id128 identifier, Id128 to, Parted parted) {
    var newest = pointers.newest(identifier);
    return newest == null
        ? Pointed.of(parted.position(), parted.at(), identifier, to, Cause.PARTED, null)
        : new Pointed(
            parted.position(),
            parted.at(),
            identifier,
            to,
            newest.cause(),
            newest.via(),
            newest.place());
  }

  private Group group(Id128 profile) {
    return groups.computeIfAbsent(profile, Group::new);
  }

  /** What is known of a profile that stands for itself; null for one nothing was said about. */
  @Nullable Group known(Id128 profile) {
    return groups.get(profile);
  }

  /** The profile an identifier led to when the log stood at {@code asOf}. */
  public Id128 resolve(Id128 identifier, long asOf) {
    return joins.root(pointers.target(identifier, asOf), asOf);
  }

  Id128 now(Id128 identifier) {
    return resolve(identifier, NOW);
  }

  /** Whether something leads to a profile, or would, that stands for itself. */
  boolean isProfile(Id128 profile) {
    return groups.containsKey(profile) || now(profile).equals(profile);
  }

  /** The profile that a profile's history is in now. */
  public Id128 root(Id128 profile) {
    return joins.root(profile, NOW);
  }

  /**
   * Whose something was and is.
   *
   * @param then the profile it was for at its time
   * @param origin the same; where that was parted in two since, the side it is on, which began anew
   * @param holder the profile that has it now
   */
  public record Whose(Id128 then, Id128 origin, Id128 holder) {}

  /**
   * Whose that is what an identifier did at a position, when the log stands at {@code asOf}: where
   * the profile went up in others, or was split off with the identifier, it followed.
   */
  Whose whose(Id128 identifier, long at, long asOf) {
    return partings.whose(resolve(identifier, at), pointers.place(identifier, at), at, asOf);
  }

  /** All partings there were, in order. */
  public List<Parting> partings() {
    return partings.all();
  }

  /** The moves that the event at a position brought about, in the order in which they happened. */
  List<Change> movesAt(long at) {
    return movesAt.getOrDefault(at, List.of());
  }

  /** Whether a person's identifier was heard of. */
  boolean knows(Id128 user) {
    return pointers.knows(user) || joins.knows(user) || groups.containsKey(user);
  }

  /** Whether an identifier is in quarantine, when the log stands at {@code asOf}. */
  public boolean isQuarantined(@Nullable Id128 identifier, long asOf) {
    return quarantines.holds(identifier, asOf);
  }

  /** Those in quarantine now, the longest first. */
  public List<Quarantined> quarantined() {
    return quarantines.all();
  }

  /** How many are in quarantine now: people's ids or devices. */
  public int quarantined(boolean persons) {
    return quarantines.size(persons);
  }

  /** The person whose profile this is now; null where it is a device's. */
  public @Nullable Id128 user(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? null : group.person();
  }

  /** How many identifiers lead to this profile. */
  int size(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? 0 : group.places.size();
  }

  /** How many profiles went up in this one after a moment. */
  int joinedSince(Id128 profile, long moment) {
    var group = groups.get(profile);
    return group == null ? 0 : group.joinedSince(moment);
  }

  /** How many people use a device, a newcomer included. */
  int people(Id128 device, Id128 newcomer) {
    var people = pointers.people(device);
    people.add(newcomer);
    for (var profile : List.of(now(device), joins.root(device, NOW))) {
      var owner = user(profile);
      if (owner != null) {
        people.add(owner);
      }
    }
    return people.size();
  }

  /** Whether two profiles were split and are not to be joined by a rule. */
  boolean areApart(Id128 one, Id128 other) {
    var group = groups.get(one);
    return group != null
        && group.apart.stream()
            .anyMatch(
                pair ->
                    (now(pair.one()).equals(one) && now(pair.other()).equals(other))
                        || (now(pair.one()).equals(other) && now(pair.other()).equals(one)));
  }

  /** An id for a profile that is split off, or kept apart, at a position. */
  Id128 freeId(Id128 wanted, long at) {
    boolean taken = groups.containsKey(wanted) || !joins.root(wanted, NOW).equals(wanted);
    return taken ? FreshIds.of(wanted, at) : wanted;
  }

  /**
   * The profile of whoever comes with these identifiers now; at least one is given. Learns nothing.
   */
  public Id128 find(@Nullable Id128 device, @Nullable Id128 user) {
    var person = device != null && isQuarantined(user, NOW) ? null : user;
    if (person == null) {
      if (device == null) {
        throw new IllegalArgumentException("a visitor comes with a device or as a user");
      }
      return now(device);
    }
    if (device == null || knows(person) || isQuarantined(device, NOW)) {
      return now(person);
    }
    var profile = now(device);
    return user(profile) == null ? profile : person;
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
      found.addAll(group.identifiers());
    }
  }

  /**
   * The identifiers of a profile that are nobody else's: without devices that changed hands, which
   * may stand for others too.
   */
  public Set<Id128> own(Id128 profile) {
    var own = new HashSet<Id128>();
    collect(profile, own);
    own.removeIf(this::isShared);
    return own;
  }

  private boolean isShared(Id128 identifier) {
    var newest = pointers.newest(identifier);
    return newest != null && (newest.cause() == Cause.HANDED || newest.cause() == Cause.SHARED);
  }

  /** What connects a profile that stands for itself, the oldest first. */
  public List<Edge> edges(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? List.of() : group.edges.stream().map(group::named).toList();
  }

  /** The partings that a profile had a part in, the oldest first. */
  public List<Parting> partings(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? List.of() : List.copyOf(group.partings);
  }

  /** Everything that is or was connected to a profile that stands for itself. */
  public Set<Id128> connected(Id128 profile) {
    var group = groups.get(profile);
    return group == null ? Set.of(profile) : group.everything();
  }

  /** Whether a profile, or what it went up in, began anew by a split after a position. */
  public boolean isRenewed(Id128 profile, long after) {
    return partings.isRenewed(profile, after);
  }
}
