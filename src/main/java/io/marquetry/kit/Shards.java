package io.marquetry.kit;

/**
 * Which shard a profile lives in, and which instance of a component owns that shard.
 *
 * <p>The number of shards is part of the stored state and never changes; the number of owners is
 * how many instances run, and may.
 */
public final class Shards {
  /** How many shards there are, everywhere and always. */
  public static final int COUNT = 64;

  private Shards() {}

  /** The shard of a profile, 0 to 63. */
  public static int of(Id128 profile) {
    return (int) (profile.low() & (COUNT - 1));
  }

  /** Which of {@code owners} instances owns the shard of a profile, counted from 0. */
  public static int owner(Id128 profile, int owners) {
    return of(profile) % owners;
  }
}
