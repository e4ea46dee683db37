package io.marquetry.decisioning.core;

import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import io.marquetry.kit.Id128;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One visitor as a decision sees them: what the request says, and what is held of them.
 *
 * <p>Of itself the request knows best ({@code context.*}, {@code device.*}, {@code geo.*}, {@code
 * campaign.*}); of the visit ({@code session.*}) it is asked only where nothing is held; everything
 * else is held or unknown. A behaviour is a membership: segmentation keeps an implicit segment for
 * each that a live definition reads.
 *
 * <p>Made once for each event loop and filled for each decision, so that deciding allocates nothing
 * for it. Where {@link #record} was called, it notes what is read.
 */
public final class VisitorView implements ProfileView {
  /** What the key of an implicit segment begins with, before the behaviour's id. */
  public static final String IMPLICIT = "~";

  private static final Id128 NOBODY = new Id128(0, 0);
  private static final int MAX_BEHAVIOURS = 10_000;

  private final Map<Behaviour, String> behaviourKeys = new HashMap<>();
  private Map<String, Object> request = Map.of();
  private Object @Nullable [] row;
  private @Nullable SegmentNumbers numbers;
  private @Nullable MembershipSets memberships;
  private int membershipSet;
  private boolean marked;
  private long[] bits = new long[8];
  private @Nullable Signals signals;
  private @Nullable Exposures exposures;
  private @Nullable Scores scores;
  private Id128 visitor = NOBODY;
  private Id128 unit = NOBODY;
  private @Nullable Recalled recalled;
  private boolean known;
  private Set<String> supposed = Set.of();

  /** Forgets the last visitor; what remains is the request. */
  public void clear(Map<String, Object> nextRequest) {
    request = nextRequest;
    row = null;
    numbers = null;
    signals = null;
    exposures = null;
    scores = null;
    unit = NOBODY;
    supposed = Set.of();
    recalled = null;
  }

  /**
   * Shows, until the next visitor, somebody who is in these segments and of whom no more is known.
   */
  public void suppose(Collection<String> segments) {
    supposed = Set.copyOf(segments);
  }

  /**
   * Shows a visitor as a logged decision saw them.
   *
   * @param knew whether it knew who they are
   */
  void recall(Recalled signalsThen, Id128 drawnFor, boolean knew) {
    clear(Map.of());
    recalled = signalsThen;
    unit = drawnFor;
    known = knew;
  }

  /** By whose id lots are drawn for the visitor who is shown. */
  public Id128 unit() {
    return unit;
  }

  /** Says, until the next visitor, by which id lots are drawn. */
  public void unit(Id128 visitor) {
    unit = visitor;
  }

  /** Lets, until the next visitor, strategies go by these scores. */
  public void scores(Scores known) {
    scores = known;
  }

  @Nullable Scored scored(ScoreNeed need) {
    if (recalled != null) {
      return Scores.of(recalled.value(Scores.SIGNAL)).find(need);
    }
    return scores == null ? null : scores.find(need);
  }

  /** Notes from here on, until the next visitor, what is read. */
  public void record(Signals into) {
    signals = into;
  }

  /** What is read from here on is noted nowhere. */
  public void recordNothing() {
    signals = null;
  }

  /** Says, until the next visitor, how often this one was shown something. */
  public void counted(Exposures by, Id128 shownTo) {
    exposures = by;
    visitor = shownTo;
  }

  /** How often the visitor was shown what is capped; -1 where there is nobody to count for. */
  int shown(Cap cap, long now) {
    if (recalled != null) {
      return !known ? -1 : recalled.value(cap.signal()) instanceof Number n ? n.intValue() : 0;
    }
    var all = exposures;
    if (all == null) {
      return -1;
    }
    int count = 0;
    for (int i = 0; i < cap.variants().size(); i++) {
      count += all.since(visitor, cap.variants().get(i), now - cap.windowMillis());
    }
    if (signals != null) {
      signals.read(cap.signal(), (long) count);
    }
    return count;
  }

  /** Shows a visitor; their memberships are read when one is asked for. */
  void fill(
      Id128 visitor, SegmentNumbers all, MembershipSets sets, int set, Object @Nullable [] fields) {
    unit = FieldRows.unit(fields, visitor);
    numbers = all;
    memberships = sets;
    membershipSet = set;
    marked = false;
    row = fields;
  }

  private long[] bits(SegmentNumbers all, MembershipSets sets) {
    if (!marked) {
      if (bits.length * Long.SIZE < all.used()) {
        bits = new long[all.used() * 2 / Long.SIZE];
      }
      Arrays.fill(bits, 0);
      sets.mark(membershipSet, bits);
      marked = true;
    }
    return bits;
  }

  @Override
  public @Nullable Object field(FieldPath path) {
    var value = value(path);
    if (signals != null && value != null) {
      signals.read(path.toString(), value);
    }
    return value;
  }

  private @Nullable Object value(FieldPath path) {
    if (recalled != null) {
      return recalled.value(path.toString());
    }
    var root = path.root();
    if (isOfRequest(root)) {
      var said = path.resolve(request);
      return said != null ? said : held(path);
    }
    var held = held(path);
    return held == null && root.equals("session") ? path.resolve(request) : held;
  }

  /** The names in paths are interned, as literals are. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isOfRequest(String root) {
    return root == "context" || root == "device" || root == "geo" || root == "campaign";
  }

  private @Nullable Object held(FieldPath path) {
    return row == null ? null : FieldRows.value(row, path.toString());
  }

  @Override
  public boolean inSegment(String key) {
    if (recalled != null) {
      return recalled.inSegment(key);
    }
    if (!supposed.isEmpty()) {
      return supposed.contains(key);
    }
    if (numbers == null || memberships == null) {
      return false;
    }
    int number = numbers.find(key);
    boolean member =
        number >= 0 && (bits(numbers, memberships)[number >>> 6] & (1L << number)) != 0;
    if (member && signals != null) {
      signals.found(key);
    }
    return member;
  }

  @Override
  public boolean behaved(Behaviour behaviour) {
    return (numbers != null || recalled != null) && inSegment(key(behaviour));
  }

  /** Working out a behaviour's id takes a hash over its text, so it is kept. */
  private String key(Behaviour behaviour) {
    var known = behaviourKeys.get(behaviour);
    if (known != null) {
      return known;
    }
    if (behaviourKeys.size() >= MAX_BEHAVIOURS) {
      behaviourKeys.clear();
    }
    var key = IMPLICIT + behaviour.id();
    behaviourKeys.put(behaviour, key);
    return key;
  }
}
