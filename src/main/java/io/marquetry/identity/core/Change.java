package io.marquetry.identity.core;

import io.marquetry.kit.Id128;
import org.jspecify.annotations.Nullable;

/**
 * One thing learnt about who is who: an entry of the journal that the graph is folded from.
 *
 * <p>Every change holds from a position of the log, and says when it was learnt, in milliseconds
 * since the epoch.
 */
public sealed interface Change {

  /** The position in the log of the event that showed it. */
  long position();

  long at();

  /** Why an identifier leads where it does. */
  enum Cause {
    /** It is a person's, whose profile this is. */
    PERSON,
    /** A device that passed from one person to another. */
    HANDED,
    /** A device that too many people use to stand for any of them. */
    SHARED,
    /** It was split off. */
    PARTED
  }

  /**
   * An identifier leads to a profile.
   *
   * @param via the identifier it came with when that was learnt; null where it came alone
   * @param place its node in what connects the profile: the identifier itself, or one of its own
   *     for a device that may have a place in several
   */
  record Pointed(
      long position,
      long at,
      Id128 identifier,
      Id128 profile,
      Cause cause,
      @Nullable Id128 via,
      Id128 place)
      implements Change {

    public static Pointed of(
        long position, long at, Id128 identifier, Id128 profile, Cause cause, @Nullable Id128 via) {
      var place =
          switch (cause) {
            case PERSON, PARTED -> identifier;
            case SHARED -> profile;
            case HANDED -> FreshIds.of(identifier, position);
          };
      return new Pointed(position, at, identifier, profile, cause, via, place);
    }
  }

  /**
   * One profile went up in another.
   *
   * @param evidence what showed that both are one visitor: {@code identify}, {@code cookie}, {@code
   *     alias}, {@code admin}
   * @param kept the identifier on the side of {@code into} that showed it
   * @param other the identifier on the side of {@code from} that showed it
   */
  record Joined(
      long position, long at, Id128 from, Id128 into, String evidence, Id128 kept, Id128 other)
      implements Change {
    /** Somebody in charge wanted it. */
    public static final String ADMIN = "admin";
  }

  /**
   * A connection was taken back: what hung on it is a profile of its own from here on, and the two
   * identifiers are not joined again but by somebody in charge.
   *
   * @param whole the profile that goes on without
   * @param part the profile that was split off
   * @param kept the identifier that stays
   * @param other the identifier that goes
   */
  record Parted(
      long position, long at, String site, Id128 whole, Id128 part, Id128 kept, Id128 other)
      implements Change {}

  /** An identifier stands for too many to join anything any more. */
  record Quarantined(long position, long at, Id128 identifier, Suspicion suspicion)
      implements Change {}

  /** An identifier was let out of quarantine. */
  record Released(long position, long at, Id128 identifier) implements Change {}
}
