package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.Turning;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an owner keeps beside its profiles: sizes, due times, what is yet to be stored and told. */
final class Books {
  final ProfileTable table;
  final DueQueue due = new DueQueue();
  final SegmentSizes sizes = new SegmentSizes();
  final Panel panel = new Panel();
  private final Set<Profile> changed = new LinkedHashSet<>();
  private final List<Id128> gone = new ArrayList<>();
  private final List<Turning> turning = new ArrayList<>();

  /** How many profiles there are, those that are only in the store included. */
  private long profiles;

  Books(ProfileTable table) {
    this.table = table;
  }

  /** A profile was worked on; what was foretold of it and does not come so is told anew. */
  void note(Profile profile, Change change) {
    table.changed(profile);
    due.schedule(profile);
    boolean otherwise = profile.foretold > 0 && profile.due != profile.foreseen;
    if (!change.isNone() || otherwise) {
      profile.version += 1L + profile.foretold; // newer than what was foretold, which lapses
      profile.foretold = 0;
      profile.foreseen = Trail.NEVER;
      sizes.entered(change.entered());
      sizes.left(change.left());
      changed.add(profile);
    }
  }

  /** One more profile, with these memberships. */
  void joined(List<String> memberships) {
    joined(memberships, 1);
  }

  /** So many more profiles, each with these memberships. */
  void joined(List<String> memberships, long many) {
    profiles += many;
    panel.fit(profiles);
    sizes.entered(memberships, many);
  }

  long profiles() {
    return profiles;
  }

  /** The history of a profile went up in another. */
  void retire(Profile profile, Id128 into) {
    profiles--;
    due.remove(profile);
    sizes.left(profile.memberships.keys());
    changed.remove(profile);
    gone.add(profile.id);
    table.freeze(profile, into);
  }

  /** A profile begins anew, in use or not before. */
  void renew(@Nullable Profile before, Profile fresh) {
    if (before == null) {
      profiles++;
    } else {
      due.remove(before);
      sizes.left(before.memberships.keys());
      changed.remove(before);
    }
    gone.remove(fresh.id);
    table.renew(fresh);
    note(fresh, Change.FIELDS);
  }

  /** Drops what goes beyond the bound of profiles in memory. */
  void drop() {
    for (var profile : table.drop()) {
      due.remove(profile);
      changed.remove(profile);
    }
  }

  /** What time will change soon is to be told. */
  void turning(List<Turning> turnings) {
    turning.addAll(turnings);
  }

  List<Turning> takeTurning() {
    var taken = List.copyOf(turning);
    turning.clear();
    return taken;
  }

  boolean isAnythingToTell() {
    return !changed.isEmpty() || !gone.isEmpty();
  }

  List<Profile> takeChanged() {
    var taken = List.copyOf(changed);
    changed.clear();
    return taken;
  }

  List<Id128> takeGone() {
    var taken = List.copyOf(gone);
    gone.clear();
    return taken;
  }
}
