package io.marquetry.identity.core;

import io.marquetry.kit.Id128;

/** One thing learnt about who is who: an entry of the journal that the graph is folded from. */
public sealed interface Change {

  /** The position in the log of the event that showed it. */
  long position();

  /**
   * From this position on an identifier leads to a profile.
   *
   * @param user whether the identifier is a person's, who then owns the profile; else a device that
   *     changed hands
   */
  record Pointed(long position, Id128 identifier, Id128 profile, boolean user) implements Change {}

  /** At this position one profile went up in another. */
  record Joined(long position, Id128 from, Id128 into, String evidence) implements Change {}
}
