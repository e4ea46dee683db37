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

  /**
   * Events for profiles of one owner, in the order of the log.
   *
   * @param consentVersion the newest version of consent that they are known to rest on, 0 where
   *     that is a default; whoever has not heard of it yet cannot tell whether they may be used
   */
  record Apply(List<Resolved> events, long consentVersion) implements SegmentationMessage {
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

  /** A profile begins anew: what it did up to this position comes by {@link Rebuild}. */
  record Reset(long position, String site, Id128 profile) implements SegmentationMessage {}

  /**
   * Some of what a profile did before it began anew, in the order of the log.
   *
   * @param position at which it began anew
   * @param of the profile that began anew
   * @param into where its history is now: itself, or what it went up in since
   * @param first whether this begins the telling; what was told before is forgotten
   * @param last whether this ends it: the profile has its history from here on
   * @param events with the profiles they were for at their time
   */
  record Rebuild(
      long position, Id128 of, Id128 into, boolean first, List<Resolved> events, boolean last)
      implements SegmentationMessage {
    public Rebuild {
      events = List.copyOf(events);
    }
  }

  /**
   * What decisions may read of a profile.
   *
   * @param version grows with every change of the profile
   * @param since milliseconds since the epoch at which the profile was first seen
   * @param segments keys of the segments it is in, sorted
   * @param fields the fields that live definitions read, by dotted path
   * @param unit by whose id lots are drawn for this visitor, so that what they drew outlives the
   *     joining of profiles; null where it is the profile's own
   */
  record ProfileSnapshot(
      Id128 profile,
      String site,
      long version,
      long since,
      List<String> segments,
      Map<String, Object> fields,
      @Nullable Id128 unit)
      implements SegmentationMessage {
    /** Of a visitor whose lots are drawn by the profile's own id. */
    public ProfileSnapshot(
        Id128 profile,
        String site,
        long version,
        long since,
        List<String> segments,
        Map<String, Object> fields) {
      this(profile, site, version, since, segments, fields, null);
    }

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

  /**
   * Asks an owner since when behaviours are counted, and how far their past is filled in.
   *
   * @param segments whether the segments are to be named
   */
  record GetFills(boolean segments) implements SegmentationMessage {}

  /**
   * What an owner counts.
   *
   * @param fills passes over the log, in order
   * @param unborn ids of behaviours that are asked about and not counted yet
   * @param applied the newest position applied
   * @param fresh whether nothing was stored when it started
   * @param newest the number of the newest pass there ever was
   * @param cuts how often less is remembered of a visitor than an answer may need, by segment
   */
  record Fills(
      List<FillState> fills,
      List<String> unborn,
      long applied,
      boolean fresh,
      int newest,
      Map<String, Long> cuts)
      implements SegmentationMessage {
    public Fills {
      fills = List.copyOf(fills);
      unborn = List.copyOf(unborn);
      cuts = Collections.unmodifiableMap(new LinkedHashMap<>(cuts));
    }
  }

  /**
   * One pass over the log.
   *
   * @param behaviours ids of what it fills in
   * @param segments that ask about them
   * @param position up to which everything is filled in
   * @param since by shard the last position to be filled in; 0 for the shards of others
   * @param over whether it is over
   */
  record FillState(
      int pass,
      List<String> behaviours,
      List<String> segments,
      long position,
      List<Long> since,
      boolean over)
      implements SegmentationMessage {
    public FillState {
      since = List.copyOf(since);
      behaviours = List.copyOf(behaviours);
      segments = List.copyOf(segments);
    }

    /** The last position to be filled in. */
    public long end() {
      return since.stream().mapToLong(Long::longValue).max().orElse(0);
    }
  }

  /** Has an owner count behaviours from here on; what lies before becomes a pass's business. */
  record BeginFill(int pass, List<String> behaviours) implements SegmentationMessage {
    public BeginFill {
      behaviours = List.copyOf(behaviours);
    }
  }

  /**
   * An event of the past.
   *
   * @param holder the profile that has its effects now
   * @param origin the profile it was applied to at its time; where that was parted in two since,
   *     the side it is on
   */
  record Past(Id128 holder, Id128 origin, Logged logged) implements SegmentationMessage {}

  /**
   * Has an owner fill in events of the past, in the order of the log; may be asked again.
   *
   * @param through everything of this owner up to here is filled in with these
   * @param asOf the position of the log whose joins and partings say whose the events are
   */
  record Fill(int pass, List<Past> events, long through, long asOf) implements SegmentationMessage {
    public Fill {
      events = List.copyOf(events);
    }
  }

  /** The positions of events that cannot be filled in yet: their profile is just moving. */
  record Filled(List<Long> later) implements SegmentationMessage {
    public Filled {
      later = List.copyOf(later);
    }
  }

  /** Tells an owner that a pass is over everywhere; answered when segments are true by it. */
  record EndFill(int pass) implements SegmentationMessage {}

  /** Asks for the passes of all owners together. */
  record GetBackfills() implements SegmentationMessage {}

  /**
   * The passes of all owners together.
   *
   * @param waiting what they wait for; empty where nothing holds them up
   * @param cuts how often less is remembered of a visitor than an answer may need, by segment
   */
  record Backfills(List<FillState> fills, String waiting, Map<String, Long> cuts)
      implements SegmentationMessage {
    public Backfills {
      fills = List.copyOf(fills);
      cuts = Collections.unmodifiableMap(new LinkedHashMap<>(cuts));
    }
  }

  /**
   * Tries a condition that is no segment yet on some profiles.
   *
   * @param condition as JSON
   * @param sample on how many at most
   * @param seed of the choice
   */
  record TryCondition(Map<String, Object> condition, int sample, long seed)
      implements SegmentationMessage {
    public TryCondition {
      condition = Collections.unmodifiableMap(new LinkedHashMap<>(condition));
    }
  }

  /**
   * How many of an owner's profiles a condition holds for.
   *
   * @param population of this owner
   * @param tried on how many
   * @param surely for how many of these it holds for certain
   * @param holding for how many it holds by what is known
   * @param possibly for how many it may hold
   * @param unsure the behaviours that are judged by the last events, in words
   */
  record Tried(
      long population, int tried, int surely, int holding, int possibly, List<String> unsure)
      implements SegmentationMessage {
    public Tried {
      unsure = List.copyOf(unsure);
    }
  }

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
