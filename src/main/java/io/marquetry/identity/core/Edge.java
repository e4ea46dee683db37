package io.marquetry.identity.core;

import io.marquetry.kit.Id128;
import org.jspecify.annotations.Nullable;

/**
 * Two identifiers that were seen to be one visitor's.
 *
 * @param position of the event that showed it
 * @param at when it arrived
 * @param evidence {@code identify}, {@code cookie}, {@code alias}, {@code admin}; {@code handed}
 *     for a device that was another's before, {@code shared} for one in quarantine
 * @param near on the side of the profile that went on
 * @param far on the other
 * @param from the profile that went up by it; null where there was none
 */
public record Edge(
    long position, long at, String evidence, Id128 near, Id128 far, @Nullable Id128 from) {
  static final String IDENTIFY = "identify";
  static final String HANDED = "handed";
  static final String SHARED = "shared";

  boolean joins(Id128 one, Id128 other) {
    return (near.equals(one) && far.equals(other)) || (near.equals(other) && far.equals(one));
  }

  /** The other end. */
  Id128 across(Id128 end) {
    return near.equals(end) ? far : near;
  }
}
