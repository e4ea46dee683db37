package io.marquetry.bus;

import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.kit.Id128;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What segmentation takes, answers and publishes. */
public sealed interface SegmentationMessage extends BusMessage {

  /** A logged event and whose it is. */
  record Resolved(Id128 profile, Logged logged) implements SegmentationMessage {}

  /** Events for profiles of one owner, in the order of the log. */
  record Apply(List<Resolved> events) implements SegmentationMessage {
    public Apply {
      events = List.copyOf(events);
    }
  }

  /**
   * What became of them.
   *
   * @param applied how many changed a profile
   * @param passed how many were already in the profile's checkpoint
   * @param refused how many consent forbade by now
   */
  record Applied(int applied, int passed, int refused, List<Poisoned> poisoned)
      implements SegmentationMessage {
    public Applied {
      poisoned = List.copyOf(poisoned);
    }
  }

  /** An event that could not be applied; its neighbours were. */
  record Poisoned(long position, String detail) implements SegmentationMessage {}

  /** Hands out the state of a profile that goes up in another; its owner freezes it. */
  record Release(long position, Id128 from, Id128 into) implements SegmentationMessage {}

  /**
   * A profile's whole state, to be taken over by another.
   *
   * @param state null where the profile never had an event
   */
  record Released(@Nullable Map<String, Object> state) implements SegmentationMessage {}

  /** Takes over the state of a profile that went up in this one. */
  record Adopt(long position, Id128 from, Id128 into, Map<String, Object> state)
      implements SegmentationMessage {}

  /**
   * What decisions may read of a profile.
   *
   * @param version grows with every change of the profile
   * @param since milliseconds since the epoch at which the profile was first seen
   * @param segments keys of the segments it is in, sorted
   * @param fields the fields that live definitions read, by dotted path
   */
  record ProfileSnapshot(
      Id128 profile,
      String site,
      long version,
      long since,
      List<String> segments,
      Map<String, Object> fields)
      implements SegmentationMessage {
    public ProfileSnapshot {
      segments = List.copyOf(segments);
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
  }

  /**
   * Profiles whose decisions may come out otherwise from here on.
   *
   * @param gone profiles that went up in another or were erased
   */
  record ProfilesChanged(List<ProfileSnapshot> profiles, List<Id128> gone)
      implements SegmentationMessage {
    public ProfilesChanged {
      profiles = List.copyOf(profiles);
      gone = List.copyOf(gone);
    }
  }

  /**
   * What will hold of a profile from a moment on if nothing happens to it before.
   *
   * @param at milliseconds since the epoch
   */
  record Turning(long at, ProfileSnapshot then) implements SegmentationMessage {}

  /**
   * Profiles that time alone will change within the next seconds, told beforehand, so that whoever
   * decides something is exact at the moment of deciding. For each profile this takes the place of
   * what was told before; so does any change of it.
   *
   * @param turnings in order of time for each profile
   */
  record ProfilesTurning(List<Turning> turnings) implements SegmentationMessage {
    public ProfilesTurning {
      turnings = List.copyOf(turnings);
    }
  }

  /** Asks an owner for all its profiles, a page at a time, for a read model of one's own. */
  record ListProfiles(@Nullable Id128 after, int limit) implements SegmentationMessage {}

  /** Asks an owner for some of its profiles, also for those that it has in the store alone. */
  record GetSnapshots(List<Id128> profiles) implements SegmentationMessage {
    public GetSnapshots {
      profiles = List.copyOf(profiles);
    }
  }

  /**
   * Profiles in order of id; fewer than asked for means that there are no more.
   *
   * @param complete whether this owner has nobody in the store alone, so that whoever is not listed
   *     has no profile
   */
  record Profiles(List<ProfileSnapshot> profiles, boolean complete) implements SegmentationMessage {
    public Profiles {
      profiles = List.copyOf(profiles);
    }
  }

  /** Asks for everything held of one profile. */
  record GetProfile(Id128 profile) implements SegmentationMessage {}

  /**
   * Everything held of one profile, in the shape of {@code profiles.get}.
   *
   * @param profile null where there is none
   */
  record ProfileView(@Nullable Map<String, Object> profile) implements SegmentationMessage {}

  /** Asks for the members of a segment that this owner has; of an empty key, how many profiles. */
  record GetMembers(String segment, int limit) implements SegmentationMessage {}

  /** How many there are, and some of them. */
  record Members(long size, List<Member> members) implements SegmentationMessage {
    public Members {
      members = List.copyOf(members);
    }
  }

  /** A member and since when, milliseconds since the epoch. */
  record Member(Id128 profile, long since) implements SegmentationMessage {}
}
