package io.marquetry.decisioning;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.ProfilesTurning;
import io.marquetry.bus.SegmentationMessage.Turning;
import io.marquetry.decisioning.core.Basis;
import io.marquetry.decisioning.core.Holdout;
import io.marquetry.decisioning.core.SegmentCache;
import io.marquetry.decisioning.core.SegmentCache.Taken;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The visitors one instance owns: what is held of them, and whether it may be used now.
 *
 * <p>Used on the instance's own event loop.
 */
final class Visitors {
  private static final Logger LOG = LoggerFactory.getLogger(Visitors.class);
  private static final int MAX_GONE = 100_000;
  private static final int MAX_TURNING = 100_000;

  private final int instance;
  private final int instances;
  private final ConsentView consent;
  private final Consumer<Id128> turned;
  private final SegmentCache cache;

  /** Who left while profiles were coming in: a page asked for earlier may still name them. */
  private final Set<Id128> goneWhileLoading = new HashSet<>();

  /** What time alone will soon make of visitors, in order; taken over when somebody asks. */
  private final Map<Id128, Queue<Turning>> turning = new HashMap<>();

  private long shedTurnings;
  private boolean loaded;
  private boolean complete;

  /**
   * On what a visitor's page is decided, before lots are drawn.
   *
   * @param unit by whose id they are drawn; null where no lots may be drawn for want of consent
   * @param grantVersion the version of the consent that was found
   */
  record Standing(Basis basis, @Nullable Id128 unit, long grantVersion) {
    /** In the control group, if the lot falls so. */
    Standing drawn(Holdout holdout) {
      return unit != null && holdout.holds(unit)
          ? new Standing(Basis.HELD_OUT, unit, grantVersion)
          : this;
    }

    /**
     * The version of the consent it rests on; 0 where it rests on none, which also keeps the
     * version from pointing at somebody.
     */
    long consentVersion() {
      return basis.mode() == Mode.CONTEXTUAL ? 0 : grantVersion;
    }
  }

  /**
   * @param turned is told of a visitor whom time alone changed, when that is found out by deciding
   */
  Visitors(
      int instance, int instances, ConsentView consent, long maxVisitors, Consumer<Id128> turned) {
    this.instance = instance;
    this.instances = instances;
    this.consent = consent;
    this.turned = turned;
    this.cache = new SegmentCache(maxVisitors);
  }

  SegmentCache cache() {
    return cache;
  }

  boolean loaded() {
    return loaded;
  }

  /**
   * All profiles that could be listed at the start are held.
   *
   * @param all whether nobody was left out because segmentation has them in its store alone
   */
  void endLoading(boolean all) {
    loaded = true;
    complete = all;
    goneWhileLoading.clear();
  }

  /** Whether this instance decides for a visitor. */
  boolean owns(Id128 profile) {
    return Shards.owner(profile, instances) == instance;
  }

  /**
   * Takes over profiles that changed and forgets those that are gone.
   *
   * @return whose decisions may come out otherwise from here on
   */
  List<Id128> change(ProfilesChanged changed) {
    var altered = new ArrayList<Id128>();
    for (var profile : changed.gone()) {
      cache.remove(profile);
      turning.remove(profile);
      if (owns(profile)) {
        altered.add(profile);
      }
      if (!loaded && owns(profile) && goneWhileLoading.size() < MAX_GONE) {
        goneWhileLoading.add(profile);
      }
    }
    for (var profile : changed.profiles()) {
      turning.remove(profile.profile());
      if (take(profile)) {
        altered.add(profile.profile());
      }
    }
    return altered;
  }

  /** Notes what time alone will soon change; beyond a bound it is only seen a little late. */
  void turn(ProfilesTurning soon) {
    for (var next : soon.turnings()) {
      var profile = next.then().profile();
      if (!owns(profile)) {
        continue;
      }
      var known = turning.get(profile);
      if (known != null && known.stream().anyMatch(one -> one.at() >= next.at())) {
        known.clear(); // told anew
      }
      if (known != null) {
        known.add(next);
      } else if (turning.size() < MAX_TURNING) {
        turning.put(profile, new ArrayDeque<>(List.of(next)));
      } else {
        shedTurnings++;
      }
    }
  }

  /** Turnings that found no room: those changes are seen when they are told of, a little late. */
  long shedTurnings() {
    return shedTurnings;
  }

  private void turnBy(Id128 profile, long now) {
    var known = turning.get(profile);
    while (known != null && !known.isEmpty() && known.element().at() <= now) {
      if (take(known.remove().then())) {
        turned.accept(profile);
      }
    }
    if (known != null && known.isEmpty()) {
      turning.remove(profile);
    }
  }

  /** Takes over a profile read back from segmentation after a start. */
  void load(ProfileSnapshot snapshot) {
    if (!goneWhileLoading.contains(snapshot.profile())) {
      take(snapshot);
    }
  }

  /**
   * Takes over a profile as it is now, unless a newer one is held.
   *
   * @return whether decisions may come out otherwise by it
   */
  boolean take(ProfileSnapshot snapshot) {
    var profile = snapshot.profile();
    if (!owns(profile)) {
      return false;
    }
    Taken taken;
    try {
      taken = cache.put(snapshot);
    } catch (IllegalArgumentException e) {
      LOG.warn("a profile was passed over: {}", e.getMessage());
      return false;
    }
    List<Id128> key = List.of(profile);
    if (consent.version(key) > 0) {
      cache.consent(profile, consent.purposes(snapshot.site(), key));
    }
    return taken == Taken.OTHER;
  }

  /** Notes what a visitor chose. */
  void consent(ConsentRecord record) {
    for (var key : record.keys()) {
      cache.consent(key, consent.purposes(record.site(), List.of(key)));
    }
  }

  /**
   * Finds out on what to decide, and fills the view with as much as may be used.
   *
   * @param now milliseconds since the epoch, the moment that is decided for
   * @param monotonicMillis now, on the clock of consent leases
   * @param known whether all that is stored of the visitor is held, so that who is not held is new
   */
  Standing meet(Decide ask, long now, long monotonicMillis, boolean known, VisitorView into) {
    into.clear(ask.context());
    var profile = ask.visitor().profile();
    if (profile == null || !ask.visitor().purposes().allows(Purpose.PERSONALIZATION)) {
      return new Standing(Basis.NO_CONSENT, null, 0);
    }
    var grant =
        consent.grant(
            ask.site(), Purpose.PERSONALIZATION, List.of(profile), false, monotonicMillis);
    if (grant.isEmpty()) {
      boolean certain = consent.current(monotonicMillis);
      return new Standing(certain ? Basis.NO_CONSENT : Basis.CONSENT_UNCERTAIN, null, 0);
    }
    if (grant.get().version() < ask.visitor().consentVersion()) {
      return new Standing(Basis.CONSENT_UNCERTAIN, null, 0);
    }
    turnBy(profile, now);
    var basis = look(grant.get(), profile, ask, known, into);
    boolean may = !basis.equals(Basis.NO_CONSENT);
    return new Standing(basis, may ? into.unit() : null, grant.get().version());
  }

  private Basis look(Grant grant, Id128 profile, Decide ask, boolean known, VisitorView into) {
    return switch (cache.find(grant, profile, ask.context(), into)) {
      case FOUND -> Basis.PROFILE;
      case WITHDRAWN -> Basis.NO_CONSENT;
      case UNKNOWN -> {
        into.unit(profile);
        if (!loaded) {
          yield Basis.LOADING;
        }
        // Somebody new may be met by what is known, which is nothing; somebody who had to leave
        // memory may not, since rules would take them for new.
        boolean everybodyHeld = complete && cache.evicted() == 0;
        yield owns(profile) && (known || everybodyHeld) ? Basis.PROFILE : Basis.NOT_HELD;
      }
    };
  }
}
