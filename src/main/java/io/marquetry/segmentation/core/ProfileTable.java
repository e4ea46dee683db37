package io.marquetry.segmentation.core;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The profiles an owner has in memory, which of them changed, and which went up in others.
 *
 * <p>Design note: {@link #open} and {@link #create} are the only ways to a profile for anything
 * that uses or adds to it, and they take a {@link Grant}. What merely moves a history (a merge that
 * identity decided, storing, loading, dropping) does not look into it and needs none.
 *
 * <p>Profiles stand in a ring in the order in which they were last used. Beyond the bound those
 * least recently used that are safely stored are dropped; from then on somebody who is not here may
 * still be in the store ({@link #isComplete}).
 */
final class ProfileTable {
  private static final int DROPS_AT_ONCE = 1_000;

  private final int bound;
  private final Map<Id128, Profile> profiles = new HashMap<>();
  private final Map<Id128, Profile> frozen = new HashMap<>();
  private final Map<Id128, Gone> mergedAway = new HashMap<>();
  private List<Profile> changed = new ArrayList<>();
  private final Ring used = new Ring();
  private boolean filling;
  private long lacking;

  /**
   * What is left of a profile that went up in another.
   *
   * @param position of the newest event in its state
   */
  record Gone(Id128 into, long position) {}

  ProfileTable(int bound) {
    this.bound = bound;
  }

  /** Opens a profile in order to use or change it; null where there is none in memory. */
  @Nullable Profile open(Grant grant, Id128 id) {
    require(grant);
    var profile = profiles.get(id);
    if (profile != null) {
      used.touch(profile);
    }
    return profile;
  }

  /** Takes in the profile of somebody new. */
  void create(Grant grant, Profile profile) {
    require(grant);
    hold(profile);
  }

  private static void require(Grant grant) {
    if (grant.purpose() != Purpose.ANALYTICS) {
      throw new IllegalArgumentException(
          "a profile is opened for analytics, not " + grant.purpose());
    }
  }

  /** The profile that a history is to be moved into or out of. */
  @Nullable Profile toMove(Id128 id) {
    return profiles.get(id);
  }

  /** Takes in a profile that comes from elsewhere. */
  void hold(Profile profile) {
    profiles.put(profile.id, profile);
    used.touch(profile);
  }

  /** Takes in a profile that begins anew, in place of whatever was under its id. */
  void renew(Profile fresh) {
    var before = profiles.remove(fresh.id);
    if (before != null) {
      used.drop(before);
    }
    frozen.remove(fresh.id);
    mergedAway.remove(fresh.id);
    changed.removeIf(one -> one.id.equals(fresh.id));
    hold(fresh);
  }

  /** Takes a profile out of use: its history goes on in another. */
  void freeze(Profile profile, Id128 into) {
    profile.mergedInto = into;
    profile.due = Trail.NEVER;
    profiles.remove(profile.id);
    used.drop(profile);
    frozen.put(profile.id, profile);
    isMergedAway(profile.id, new Gone(into, profile.position));
    changed(profile);
  }

  /** Notes that a stored profile is out of use. */
  void isMergedAway(Id128 id, Gone gone) {
    if (mergedAway.size() < bound) {
      mergedAway.put(id, gone);
    } else {
      lacksSomebody();
    }
  }

  /** What became of a profile that is out of use; null where it never was. */
  @Nullable Gone gone(Id128 id) {
    return mergedAway.get(id);
  }

  boolean isOutOfUse(Id128 id) {
    return mergedAway.containsKey(id) || frozen.containsKey(id);
  }

  /** A profile out of use that is not stored as such yet. */
  @Nullable Profile frozen(Id128 id) {
    return frozen.get(id);
  }

  /** Whether the event of this position is in the profile's state already. */
  boolean includes(Id128 id, long position) {
    var profile = profiles.get(id);
    if (profile != null) {
      return position <= profile.position;
    }
    var gone = mergedAway.get(id);
    return gone != null && position <= gone.position();
  }

  boolean has(Id128 id) {
    return profiles.containsKey(id);
  }

  /** For showing or counting only. */
  @Nullable Profile peek(Id128 id) {
    return profiles.get(id);
  }

  Id128[] ids() {
    return profiles.keySet().toArray(Id128[]::new);
  }

  int size() {
    return profiles.size();
  }

  /** Whether somebody who is not here has no profile at all. */
  boolean isComplete() {
    return !filling && lacking == 0;
  }

  /** From here on somebody who is in the store is not in memory. */
  void lacksSomebody() {
    lacking++;
  }

  /** How often somebody was left in the store alone or dropped. */
  long lacking() {
    return lacking;
  }

  /** While the store is being read, somebody who is not here may be there still. */
  void isFilling(boolean still) {
    filling = still;
  }

  /** Whether there are more than can be dropped: the store has not kept up for long. */
  boolean isOverfull() {
    return profiles.size() > bound + Math.max(1_000, bound / 10);
  }

  /** Notes that a profile has to be stored. */
  void changed(Profile profile) {
    if (!profile.dirty) {
      profile.dirty = true;
      changed.add(profile);
    }
  }

  boolean isAnythingUnsaved() {
    return !changed.isEmpty();
  }

  /** Everything that changed since the last cut. */
  Cut cut(Map<Integer, Long> positions, Passes passes) {
    var cut = new Cut(changed, positions, passes);
    changed = new ArrayList<>();
    return cut;
  }

  void saved(Cut cut) {
    for (var profile : cut.profiles()) {
      profile.unsaved = false;
      if (profile.mergedInto != null && !profile.dirty) {
        frozen.remove(profile.id, profile);
      }
    }
  }

  void notSaved(Cut cut) {
    for (var profile : cut.profiles()) {
      if (isReplaced(profile)) {
        profile.unsaved = false; // another stands for it by now, and is in the list
      } else if (profile.dirty && profile.unsaved) {
        profile.unsaved = false; // changed since it was made a row: it is in the list already
      } else {
        profile.unsaved = false;
        profile.dirty = false;
        changed(profile);
      }
    }
  }

  private boolean isReplaced(Profile profile) {
    var now = profile.mergedInto == null ? profiles.get(profile.id) : frozen.get(profile.id);
    return now != null && now != profile;
  }

  /** Drops profiles beyond the bound, as far as that is safe and quick; they are named. */
  List<Profile> drop() {
    var dropped = new ArrayList<Profile>();
    var candidate = used.first();
    for (int i = 0; i < DROPS_AT_ONCE && profiles.size() > bound && candidate != null; i++) {
      var next = used.next(candidate);
      if (!candidate.dirty && !candidate.unsaved) {
        profiles.remove(candidate.id);
        used.drop(candidate);
        dropped.add(candidate);
        lacksSomebody();
      }
      candidate = next;
    }
    return dropped;
  }

  /** Profiles in order of use, the least recently used first. */
  private static final class Ring {
    private @Nullable Profile first;
    private @Nullable Profile last;

    void touch(Profile profile) {
      if (profile == last) {
        return;
      }
      drop(profile);
      profile.usedBefore = last;
      if (last == null) {
        first = profile;
      } else {
        last.usedAfter = profile;
      }
      last = profile;
    }

    void drop(Profile profile) {
      var before = profile.usedBefore;
      var after = profile.usedAfter;
      if (before != null) {
        before.usedAfter = after;
      } else if (first == profile) {
        first = after;
      }
      if (after != null) {
        after.usedBefore = before;
      } else if (last == profile) {
        last = before;
      }
      profile.usedBefore = null;
      profile.usedAfter = null;
    }

    @Nullable Profile first() {
      return first;
    }

    @Nullable Profile next(Profile profile) {
      return profile.usedAfter;
    }
  }
}
