package io.marquetry.decisioning.core;

import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.Arrays;
import java.util.Map;

/**
 * What decisions may read of every visitor, in memory: segments, projected field values, consent.
 *
 * <p>Design note. A visitor is a slot of 24 bytes in a {@link VisitorTable}: the whole id, and a
 * word that holds the id of their membership set (27 bits; {@link MembershipSets} keeps each
 * distinct set once), what they consented to (4), the version of their snapshot (24) and when they
 * were last seen (8). Tables of objects cost three to five times as much, and their growth stops
 * the loop for a second. Field values, where a visitor has any, are an array of their own.
 *
 * <p>Versions are compared modulo 2^24: what is up to eight million changes older is passed over.
 * Time is counted in turns, a turn being an eighth of the bound in visitors seen or added; beyond
 * the bound the visitor unseen for most turns among the next few under a moving hand leaves. The
 * hand also moves a little as visitors are seen, and sees to it that nobody's age outgrows the
 * eight bits kept of it: past half of them everybody is equally old.
 *
 * <p>Not thread-safe: owned by one event loop.
 */
public final class SegmentCache {
  /** Most segments one visitor may be in. */
  public static final int MAX_MEMBERSHIPS = 20_000;

  private static final int SAMPLE = 24;
  private static final int OLDEST = 128;
  private static final int AGED_EVERY = 256;
  private static final int AGED_AT_ONCE = 64;
  private static final long PRESENT = 1L << 63;
  private static final int SET_SHIFT = 36;
  private static final int VERSION_SHIFT = 8;
  private static final int VERSION_MASK = (1 << 24) - 1;
  private static final long CONSENT_SHIFT = 32;
  private static final long CONSENT_MASK = 0xFL << CONSENT_SHIFT;
  private static final int CONSENT_KNOWN = 8;

  private final long maxVisitors;
  private final VisitorTable visitors = new VisitorTable();
  private final MembershipSets sets = new MembershipSets();
  private final SegmentNumbers numbers = new SegmentNumbers();
  private final FieldRows fieldRows = new FieldRows();
  private int[] scratch = new int[64];
  private long seen;
  private long seenThisTurn;
  private int turn;
  private long evicted;

  /** What became of looking for a visitor. */
  public enum Found {
    /** The view is filled. */
    FOUND,
    /** Nothing is held of them. */
    UNKNOWN,
    /** They withdrew their consent since the grant was given. */
    WITHDRAWN
  }

  /** What became of a snapshot. */
  public enum Taken {
    /** A newer one is held already. */
    OLDER,
    /** Held from here on; decisions see what they saw before. */
    SAME,
    /** Held from here on; decisions may come out otherwise. */
    OTHER
  }

  /**
   * @param maxVisitors how many to hold before those unseen for longest leave
   */
  public SegmentCache(long maxVisitors) {
    if (maxVisitors < 1) {
      throw new IllegalArgumentException("a cache holds at least one visitor");
    }
    this.maxVisitors = maxVisitors;
  }

  private static long hash(Id128 id) {
    return Mixing.spread(id.high(), id.low());
  }

  /**
   * Takes over a snapshot, unless a newer one is held already.
   *
   * @throws IllegalArgumentException where it has more than {@link #MAX_MEMBERSHIPS} segments
   */
  public Taken put(ProfileSnapshot snapshot) {
    if (snapshot.segments().size() > MAX_MEMBERSHIPS) {
      throw new IllegalArgumentException(
          snapshot.segments().size() + " segments are more than a visitor may be in");
    }
    long hash = hash(snapshot.profile());
    var page = visitors.page(hash);
    int slot =
        page == null ? -1 : page.find(snapshot.profile().high(), snapshot.profile().low(), hash);
    int version = (int) snapshot.version() & VERSION_MASK;
    var row = fieldRows.row(snapshot);
    if (page == null || slot < 0) {
      long state = state(takeSet(snapshot), 0, version);
      visitors.add(snapshot.profile(), hash, state, row);
      endTurnMaybe();
      evictBeyondBound();
      return Taken.OTHER;
    }
    long old = page.state(slot);
    if (((version - (int) (old >>> VERSION_SHIFT)) & VERSION_MASK) > VERSION_MASK / 2) {
      return Taken.OLDER;
    }
    int set = takeSet(snapshot);
    boolean same = set == setOf(old) && Arrays.equals(row, page.row(slot));
    leaveSet(setOf(old));
    page.state(slot, state(set, old & CONSENT_MASK, version));
    page.row(slot, row);
    return same ? Taken.SAME : Taken.OTHER;
  }

  private long state(int set, long consent, int version) {
    return PRESENT
        | ((long) set << SET_SHIFT)
        | consent
        | ((long) version << VERSION_SHIFT)
        | (turn & 0xFF);
  }

  private static int setOf(long state) {
    return (int) ((state & ~PRESENT) >>> SET_SHIFT);
  }

  private int takeSet(ProfileSnapshot snapshot) {
    var segments = snapshot.segments();
    int count = segments.size();
    makeRoom(count);
    for (int i = 0; i < count; i++) {
      scratch[i] = numbers.join(segments.get(i));
    }
    Arrays.sort(scratch, 0, count);
    return sets.take(scratch, count);
  }

  private void leaveSet(int set) {
    makeRoom(numbers.used());
    numbers.leave(scratch, sets.members(set, scratch));
    sets.release(set);
  }

  private void makeRoom(int count) {
    if (scratch.length < count) {
      scratch = new int[Math.max(count, scratch.length * 2)];
    }
  }

  /** Forgets a visitor; whether they were known. */
  public boolean remove(Id128 profile) {
    long hash = hash(profile);
    var page = visitors.page(hash);
    int slot = page == null ? -1 : page.find(profile.high(), profile.low(), hash);
    if (page == null || slot < 0) {
      return false;
    }
    leaveSet(setOf(page.state(slot)));
    visitors.remove(page, slot);
    return true;
  }

  /** Notes what a visitor chose, where something is held of them. */
  public void consent(Id128 profile, Purposes purposes) {
    long hash = hash(profile);
    var page = visitors.page(hash);
    int slot = page == null ? -1 : page.find(profile.high(), profile.low(), hash);
    if (page != null && slot >= 0) {
      long consent = (long) (CONSENT_KNOWN | purposes.bits()) << CONSENT_SHIFT;
      page.state(slot, (page.state(slot) & ~CONSENT_MASK) | consent);
    }
  }

  /**
   * Fills a view with what is held of a visitor.
   *
   * @param grant leave to personalize for this visitor, as of now
   * @param into emptied first; valid until the cache changes
   * @param request what the request itself says
   */
  public Found find(Grant grant, Id128 profile, Map<String, Object> request, VisitorView into) {
    if (grant.purpose() != Purpose.PERSONALIZATION) {
      throw new IllegalArgumentException(
          "a grant to personalize is needed, not " + grant.purpose());
    }
    into.clear(request);
    long hash = hash(profile);
    var page = visitors.page(hash);
    int slot = page == null ? -1 : page.find(profile.high(), profile.low(), hash);
    if (page == null || slot < 0) {
      return Found.UNKNOWN;
    }
    long state = page.state(slot);
    if (withdrawn(state)) {
      return Found.WITHDRAWN;
    }
    if ((int) (state & 0xFF) != (turn & 0xFF)) {
      page.state(slot, (state & ~0xFFL) | (turn & 0xFF));
      endTurnMaybe();
    }
    into.fill(profile, numbers, sets, setOf(state), page.row(slot));
    return Found.FOUND;
  }

  private static boolean withdrawn(long state) {
    int consent = (int) ((state & CONSENT_MASK) >>> CONSENT_SHIFT);
    return (consent & CONSENT_KNOWN) != 0
        && !new Purposes(consent & ~CONSENT_KNOWN).allows(Purpose.PERSONALIZATION);
  }

  private void endTurnMaybe() {
    if (++seen % AGED_EVERY == 0) {
      visitors.sweep(AGED_AT_ONCE, this::age);
    }
    if (++seenThisTurn > maxVisitors / 8) {
      seenThisTurn = 0;
      turn++;
    }
  }

  private void age(VisitorPage page, int slot) {
    long state = page.state(slot);
    if (turnsUnseen(state) > OLDEST) {
      page.state(slot, (state & ~0xFFL) | ((turn - OLDEST) & 0xFF));
    }
  }

  private int turnsUnseen(long state) {
    return (turn - (int) state) & 0xFF;
  }

  private void evictBeyondBound() {
    while (visitors.size() > maxVisitors) {
      var oldest = new Oldest();
      visitors.sweep(SAMPLE, oldest);
      remove(oldest.profile);
      evicted++;
    }
  }

  /** Finds the visitor unseen for most turns among those shown to it. */
  private final class Oldest implements VisitorTable.Visit {
    private Id128 profile = new Id128(0, 0);
    private int age = -1;

    @Override
    public void at(VisitorPage page, int slot) {
      int turns = turnsUnseen(page.state(slot));
      if (turns > age) {
        age = turns;
        profile = new Id128(page.high(slot), page.low(slot));
      }
    }
  }

  /** Visitors held. */
  public long size() {
    return visitors.size();
  }

  /** Visitors held that are in a segment; exact. */
  public long members(String segment) {
    return numbers.members(segment);
  }

  /** Distinct sets of segments among the visitors held, the empty one left out. */
  public long distinctSets() {
    return sets.live();
  }

  /** Visitors who had to leave because of the bound. */
  public long evicted() {
    return evicted;
  }

  /** Bytes taken, field values left out. */
  public long bytes() {
    return visitors.slots() * VisitorPage.WIDTH * Long.BYTES + sets.bytes();
  }

  /** Begins to work out one number for who is in which segment. */
  public CacheFingerprint fingerprint() {
    return new CacheFingerprint(this);
  }

  int pages() {
    return VisitorTable.PAGES;
  }

  void visit(int page, VisitorTable.Visit visit) {
    visitors.visit(page, visit);
  }

  int segmentNumbers() {
    return numbers.used();
  }

  /** Writes the numbers of a visitor's segments; how many. */
  int memberships(VisitorPage page, int slot, int[] into) {
    return sets.members(setOf(page.state(slot)), into);
  }

  long keyHash(int segment) {
    return numbers.hash(segment);
  }

  /** Most slots ever copied in one step of growth: what bounds the longest pause. */
  public int largestCopy() {
    return visitors.largestCopy();
  }
}
