package io.marquetry.grant;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.kit.Id128;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One component's copy of what every visitor consented to.
 *
 * <p>A record is found by the key of any identifier of the visitor or by their profile. Where
 * several are found, what all of them allow is allowed: nobody gains by being joined to somebody
 * else. Where none is found the site's default holds. The consent component renews a lease on the
 * copy; once it has run out the copy may be stale, and everything is denied until word comes again.
 *
 * <p>Not thread-safe: owned by one event loop.
 */
public final class ConsentView {
  /** How long a copy may be trusted without word from the consent component, in milliseconds. */
  public static final long LEASE_MILLIS = 2_000;

  private final Map<Id128, Entry> entries = new HashMap<>();
  private final Map<String, Purposes> defaults = new HashMap<>();
  private long leasedUntil = Long.MIN_VALUE;
  private boolean expectsDefaults;
  private boolean wasWhole;

  private record Entry(Purposes purposes, long version, boolean explicit) {}

  /**
   * Says that the sites' defaults are still to come. Until {@link #defaultsKnown} the copy is not
   * to be trusted: most visitors made no choice, and would be taken for having refused.
   */
  public void expectDefaults() {
    expectsDefaults = true;
  }

  /** All sites that there are have been named; one that was not allows nothing. */
  public void defaultsKnown() {
    expectsDefaults = false;
    wasWhole |= leasedUntil > Long.MIN_VALUE;
  }

  /** What holds for visitors of a site who made no choice. */
  public void setDefault(String site, Purposes purposes) {
    defaults.put(site, purposes);
  }

  /**
   * Takes over a record for all keys it names. A record older than what is known is passed over, so
   * that records may arrive twice and in any order.
   */
  public void put(ConsentRecord record) {
    var entry = new Entry(record.purposes(), record.version(), record.explicit());
    for (var key : record.keys()) {
      entries.merge(key, entry, (old, now) -> now.version() >= old.version() ? now : old);
    }
  }

  /** Renews the lease: the copy is known to be complete as of {@code monotonicMillis}. */
  public void renew(long monotonicMillis) {
    leasedUntil = Math.max(leasedUntil, monotonicMillis + LEASE_MILLIS);
    wasWhole |= !expectsDefaults;
  }

  /** Whether the copy may be trusted now. */
  public boolean current(long monotonicMillis) {
    return monotonicMillis <= leasedUntil && !expectsDefaults;
  }

  /**
   * Whether the copy may not be trusted now although it could once: word from the consent component
   * is late, and who waits for it learns more than who takes it for a refusal.
   */
  public boolean late(long monotonicMillis) {
    return wasWhole && !current(monotonicMillis);
  }

  /**
   * Asks leave to use a person's data.
   *
   * @param keys every key under which the person is known here; nulls are passed over
   * @param optOut whether the request itself carries an opt-out signal for this purpose; a choice
   *     made explicitly here outweighs it
   * @param monotonicMillis now, on the clock of {@link #renew}
   */
  public Optional<Grant> grant(
      String site,
      Purpose purpose,
      List<@Nullable Id128> keys,
      boolean optOut,
      long monotonicMillis) {
    if (!current(monotonicMillis)) {
      return Optional.empty();
    }
    var known = effective(site, keys);
    boolean refused = !known.purposes().allows(purpose) || (optOut && !known.explicit());
    return refused
        ? Optional.empty()
        : Optional.of(new Grant(purpose, known.purposes(), known.version()));
  }

  /** Whether a grant made earlier still stands for the same person. */
  public boolean holds(Grant grant, String site, List<@Nullable Id128> keys, long monotonicMillis) {
    if (!current(monotonicMillis)) {
      return false;
    }
    return effective(site, keys).purposes().allows(grant.purpose());
  }

  /**
   * What may be used of the person now: nothing once the lease has run out.
   *
   * @param optOut the purposes that the request itself opts out of; a choice made explicitly here
   *     outweighs it
   */
  public Purposes allowed(
      String site, List<@Nullable Id128> keys, Purposes optOut, long monotonicMillis) {
    if (!current(monotonicMillis)) {
      return Purposes.NONE;
    }
    var known = effective(site, keys);
    return known.explicit()
        ? known.purposes()
        : new Purposes(known.purposes().bits() & ~optOut.bits());
  }

  /** What the person allows, whatever the lease says: for showing, never for using. */
  public Purposes purposes(String site, List<@Nullable Id128> keys) {
    return effective(site, keys).purposes();
  }

  /** The newest version among the person's records, 0 where there is none. */
  public long version(List<@Nullable Id128> keys) {
    return effective("", keys).version();
  }

  private Entry effective(String site, List<@Nullable Id128> keys) {
    @Nullable Entry found = null;
    for (int i = 0; i < keys.size(); i++) {
      var key = keys.get(i);
      var entry = key == null ? null : entries.get(key);
      if (entry != null) {
        found = found == null ? entry : narrower(found, entry);
      }
    }
    return found != null ? found : new Entry(defaults.getOrDefault(site, Purposes.NONE), 0, false);
  }

  private static Entry narrower(Entry one, Entry other) {
    return new Entry(
        one.purposes().and(other.purposes()),
        Math.max(one.version(), other.version()),
        one.explicit() && other.explicit());
  }
}
