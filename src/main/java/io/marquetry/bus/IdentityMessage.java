package io.marquetry.bus;

import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What identity takes, answers and publishes. */
public sealed interface IdentityMessage extends BusMessage {

  /** Logged events, in the order of the log, whose owners are to be found and joined. */
  record Link(List<Logged> events) implements IdentityMessage {
    public Link {
      events = List.copyOf(events);
    }
  }

  /**
   * Whose each event is, in the order given, and which profiles became one, or two, on the way.
   *
   * @param profiles one for each event
   * @param merges in order of position
   * @param splits in order of position
   */
  record Linked(List<Id128> profiles, List<Merge> merges, List<Split> splits)
      implements IdentityMessage {
    public Linked {
      profiles = List.copyOf(profiles);
      merges = List.copyOf(merges);
      splits = List.copyOf(splits);
    }

    public Linked(List<Id128> profiles, List<Merge> merges) {
      this(profiles, merges, List.of());
    }
  }

  /**
   * One profile went up in another, before the event at this position is applied.
   *
   * @param evidence what showed that both are one person: {@code identify}, {@code cookie}, {@code
   *     alias}, {@code admin}
   */
  record Merge(long position, Id128 from, Id128 into, String evidence) implements IdentityMessage {}

  /**
   * One profile was parted in two, before the event at this position is applied. Both begin anew
   * there; what they did before is told them afterwards, from the log.
   *
   * @param profile the one that goes on
   * @param part the one that was split off
   */
  record Split(long position, String site, Id128 profile, Id128 part) implements IdentityMessage {}

  /** What somebody in charge can have done to profiles. */
  enum Action {
    /** Two profiles become one. */
    MERGE,
    /** A profile that went up in another is itself again. */
    UNMERGE,
    /** An identifier is split off, with what came with it. */
    SPLIT,
    /** An identifier leaves quarantine. */
    RELEASE;

    /** The name used in the log. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The action of that name; null where there is none. */
    public static @Nullable Action of(@Nullable Object key) {
      for (var action : values()) {
        if (action.key().equals(key)) {
          return action;
        }
      }
      return null;
    }
  }

  /**
   * Asks for profiles to be merged or split, or an identifier to be let out of quarantine; answered
   * when that is in the log and done.
   *
   * @param profile the profile that goes on; of a release the identifier
   * @param part the profile that goes up in it, or went up; of a split an identifier
   * @param since no event of the profile arrived before, milliseconds since the epoch; 0 where
   *     unknown
   */
  record Rearrange(Action action, String site, Id128 profile, Id128 part, long since)
      implements IdentityMessage {}

  /**
   * It was done.
   *
   * @param position of the order in the log
   * @param part the profile that went up, or was split off
   * @param complete whether both sides of a split have their histories again; it goes on otherwise
   */
  record Rearranged(long position, Id128 profile, Id128 part, boolean complete)
      implements IdentityMessage {}

  /** Asks what connects a profile, or the one that it went up in. */
  record GetConnections(Id128 profile) implements IdentityMessage {}

  /**
   * What connects a profile, and what was taken back.
   *
   * @param identifiers what leads to it
   * @param connections the oldest first
   * @param partings the oldest first
   * @param suspects those of its identifiers that are in quarantine
   */
  record Connections(
      Id128 profile,
      List<Id128> identifiers,
      List<Connection> connections,
      List<Parting> partings,
      List<Suspect> suspects)
      implements IdentityMessage {
    public Connections {
      identifiers = List.copyOf(identifiers);
      connections = List.copyOf(connections);
      partings = List.copyOf(partings);
      suspects = List.copyOf(suspects);
    }
  }

  /**
   * Two identifiers that were seen to be one visitor's.
   *
   * @param position of the event that showed it
   * @param at when that arrived, milliseconds since the epoch
   * @param evidence {@code identify}, {@code cookie}, {@code alias}, {@code admin}, {@code handed},
   *     {@code shared}
   * @param near the one on the side of the profile that went on
   * @param from the profile that went up by it; null where there was none
   */
  record Connection(
      long position, long at, String evidence, Id128 near, Id128 far, @Nullable Id128 from)
      implements IdentityMessage {}

  /**
   * A split.
   *
   * @param taken the connection that was taken back
   * @param complete whether both sides have their histories again
   */
  record Parting(
      long position, long at, Id128 profile, Id128 part, Connection taken, boolean complete)
      implements IdentityMessage {}

  /**
   * Whose page is this? At least one key is given.
   *
   * @param gpc whether the request carried the opt-out signal
   */
  record Resolve(String site, @Nullable Id128 device, @Nullable Id128 user, boolean gpc)
      implements IdentityMessage {}

  /**
   * The visitor behind a request.
   *
   * @param profile null where nothing personal may be used
   * @param purposes what they allow
   * @param consentVersion the version that this rests on
   */
  record VisitorRef(@Nullable Id128 profile, Purposes purposes, long consentVersion)
      implements IdentityMessage {
    /** Nobody we may know. */
    public static final VisitorRef UNKNOWN = new VisitorRef(null, Purposes.NONE, 0);
  }

  /**
   * Whose are these events of the log, which were linked before?
   *
   * @param asOf the position of the log whose joins and partings are in effect
   */
  record Attribute(List<Logged> events, long asOf) implements IdentityMessage {
    public Attribute {
      events = List.copyOf(events);
    }
  }

  /**
   * Whose they are, in the order given.
   *
   * @param origins the profiles they were for at their time; where these were parted in two since,
   *     the sides they are on
   * @param holders the profiles that have what they did
   */
  record Attributed(List<Id128> origins, List<Id128> holders) implements IdentityMessage {
    public Attributed {
      origins = List.copyOf(origins);
      holders = List.copyOf(holders);
    }
  }

  /** Every key that leads to the same person as one of these. */
  record GetIdentifiers(List<Id128> keys) implements IdentityMessage {
    public GetIdentifiers {
      keys = List.copyOf(keys);
    }
  }

  /** The profile and every key that leads to it, those asked for included. */
  record Identifiers(Id128 profile, List<Id128> keys) implements IdentityMessage {
    public Identifiers {
      keys = List.copyOf(keys);
    }
  }

  /** Asks for the identifiers in quarantine. */
  record GetQuarantine(int limit) implements IdentityMessage {}

  /**
   * Identifiers that stand for too many to join anything, those that are in longest first.
   *
   * @param people how many user ids there are in all
   * @param devices how many devices
   */
  record Quarantine(int people, int devices, List<Suspect> suspects) implements IdentityMessage {
    public Quarantine {
      suspects = List.copyOf(suspects);
    }
  }

  /**
   * An identifier in quarantine.
   *
   * @param reason {@code devices_a_day}, {@code devices_a_month} for a user id, {@code people} for
   *     a device
   * @param since milliseconds since the epoch
   * @param profile where it leads by itself
   */
  record Suspect(Id128 identifier, String reason, long since, Id128 profile)
      implements IdentityMessage {}

  /**
   * Where a component's own state stands in the log: the newest position that is stored with it.
   */
  record GetCheckpoint() implements IdentityMessage {}

  /** The newest position stored with the state; replay begins behind it. */
  record Checkpoint(long position) implements IdentityMessage {}
}
