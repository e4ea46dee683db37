package io.marquetry.bus;

import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.kit.Id128;
import java.util.List;
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
   * Whose each event is, in the order given, and which profiles became one on the way.
   *
   * @param profiles one for each event
   * @param merges in order of position
   */
  record Linked(List<Id128> profiles, List<Merge> merges) implements IdentityMessage {
    public Linked {
      profiles = List.copyOf(profiles);
      merges = List.copyOf(merges);
    }
  }

  /**
   * One profile went up in another, before the event at this position is applied.
   *
   * @param evidence what showed that both are one person: {@code identify}, {@code cookie}, {@code
   *     alias}
   */
  record Merge(long position, Id128 from, Id128 into, String evidence) implements IdentityMessage {}

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
   * @param origins the profiles they were for at their time
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
