package io.marquetry.segmentation.core;

import io.marquetry.condition.Behaviour;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import io.marquetry.kit.KeyHash;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All live segments, compiled: what each asks, in which order, and who has to be asked again when
 * something changes.
 *
 * <p>Immutable. Design note: segments are numbered so that each comes behind those it builds on;
 * working off a set of numbers in ascending order then needs no recursion. The indexes lead from
 * what an event can change (a behaviour, a field, a membership, the visit) to the numbers of the
 * segments that read it, so the cost of an event follows what it touches and not what is defined.
 */
public final class SegmentPlan {
  /** Segments whose key begins so exist for rules and variants; people do not see them. */
  public static final String HIDDEN = "~";

  /** The plan before any catalogue was seen: changes nothing and forgets nothing. */
  public static final SegmentPlan NONE = PlanCompiler.none();

  private final List<Rule> rules;
  private final Map<String, Watchers> byEvent;
  private final Map<String, Tracked> tracked;
  private final Map<Behaviour, Tracked> byBehaviour;
  private final List<Tracked> differentInVisit;
  private final Map<Root, Readers> readers;
  private final Moving moving;
  private final BitSet onSession;
  private final List<FieldPath> projection;
  private final Map<String, String> faults;
  private final String fingerprint;
  private final long shownBy;
  private final Set<String> keys;

  /**
   * One segment.
   *
   * @param dependants numbers of the segments that build on it
   * @param open passes, sorted, without which the answer of somebody who lacks them is not known
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Rule(String key, Predicate<ProfileView> condition, List<Integer> dependants, int[] open) {}

  /**
   * Who reads one field.
   *
   * @param projected whether decisions read it
   */
  record Reader(FieldPath path, List<Integer> rules, boolean projected) {}

  /**
   * Who reads the fields of a family.
   *
   * @param byName by second step of the path
   * @param whole those that read the family as one object
   */
  record Readers(Map<String, List<Reader>> byName, List<Reader> whole) {}

  /** What leads from behaviours to segments. */
  record Behaviours(Map<String, Watchers> byEvent, Map<Behaviour, Tracked> all) {}

  /** What leads from fields to segments and decisions. */
  record Fields(Map<Root, Readers> readers, BitSet onSession, List<FieldPath> projection) {}

  SegmentPlan(
      List<Rule> rules,
      Behaviours behaviours,
      Fields fields,
      Map<String, String> faults,
      String fingerprint) {
    this.rules = List.copyOf(rules);
    this.byEvent = behaviours.byEvent();
    this.byBehaviour = behaviours.all();
    this.tracked =
        byBehaviour.values().stream()
            .collect(Collectors.toUnmodifiableMap(Tracked::key, one -> one));
    this.differentInVisit = tracked.values().stream().filter(Tracked::isDifferentInVisit).toList();
    this.readers = fields.readers();
    this.moving = Moving.of(readers);
    this.onSession = fields.onSession();
    this.projection = List.copyOf(fields.projection());
    this.faults = Map.copyOf(faults);
    this.fingerprint = fingerprint;
    var told = KeyHash.of(fingerprint + '\n' + this.projection).substring(0, Long.BYTES * 2);
    this.shownBy = Long.parseUnsignedLong(told, 16) | 1;
    this.keys = rules.stream().map(Rule::key).collect(Collectors.toUnmodifiableSet());
  }

  /** Definitions that are switched off because they make no sense, and why. */
  public Map<String, String> faults() {
    return faults;
  }

  /** How many segments there are, the hidden ones included. */
  public int size() {
    return rules.size();
  }

  /** Equal for plans under which every profile has the same memberships. */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Equal for plans by which decisions are told the same of every profile: its memberships and the
   * values of the fields they read. Never 0.
   */
  public long shownBy() {
    return shownBy;
  }

  /** The fields that decisions read, as dotted paths. */
  public List<FieldPath> projection() {
    return projection;
  }

  Rule rule(int number) {
    return rules.get(number);
  }

  boolean hasSegment(String key) {
    return keys.contains(key);
  }

  Watchers watching(String event) {
    return byEvent.getOrDefault(event, Watchers.NONE);
  }

  Collection<Tracked> tracked() {
    return tracked.values();
  }

  @Nullable Tracked tracked(String key) {
    return tracked.get(key);
  }

  /** Whether any answer about a profile will be another one when this visit is over. */
  boolean changesWithEnd(Profile profile, Session session, long now) {
    if (reads(Root.SESSION)) {
      return true;
    }
    for (var key : session.counts.keySet()) {
      var counted = tracked.get(key);
      if (counted != null && changesWithEnd(counted, profile, session, now)) {
        return true;
      }
    }
    for (var different : differentInVisit) {
      if (changesWithEnd(different, profile, session, now)) {
        return true;
      }
    }
    return false;
  }

  private static boolean changesWithEnd(Tracked one, Profile profile, Session session, long now) {
    return one.gauge().holds(profile, now, session) != one.gauge().holds(profile, now, null);
  }

  /** Ids of the behaviours that segments, rules and variants ask about. */
  public Set<String> behaviours() {
    return byBehaviour.values().stream().map(Tracked::id).collect(Collectors.toSet());
  }

  /** Ids of those among them that are not counted yet. */
  public Set<String> unborn() {
    return byBehaviour.values().stream()
        .filter(one -> one.pass() == Passes.UNBORN)
        .map(Tracked::id)
        .collect(Collectors.toSet());
  }

  /** What a pass fills in. */
  public List<Behaviour> behaviours(int pass) {
    return byBehaviour.values().stream()
        .filter(one -> one.pass() == pass)
        .map(Tracked::behaviour)
        .toList();
  }

  /** Keys of the segments whose answer may hang on a behaviour, the hidden ones left out. */
  public Set<String> readers(String behaviour) {
    var work = new BitSet();
    for (var one : byBehaviour.values()) {
      if (one.id().equals(behaviour)) {
        one.rules().forEach(work::set);
      }
    }
    var keys = new TreeSet<String>();
    for (int number = work.nextSetBit(0); number >= 0; number = work.nextSetBit(number + 1)) {
      keys.add(rules.get(number).key());
      rules.get(number).dependants().forEach(work::set);
    }
    keys.removeIf(key -> key.startsWith(HIDDEN));
    return keys;
  }

  @Nullable Tracked tracked(Behaviour behaviour) {
    return byBehaviour.get(behaviour);
  }

  boolean reads(Root root) {
    return readers.containsKey(root);
  }

  @Nullable Readers readers(Root root) {
    return readers.get(root);
  }

  /** The fields read that become others by time alone. */
  Moving moving() {
    return moving;
  }

  /** Numbers of the segments that read the current visit. */
  BitSet onSession() {
    return onSession;
  }
}
