package io.marquetry.identity.core;

import io.marquetry.kit.Id128;

/**
 * Ids for profiles that no identifier has the bits of, worked out from what made them necessary, so
 * that reading the log again makes the same.
 */
final class FreshIds {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private FreshIds() {}

  static Id128 of(Id128 identifier, long position) {
    long seed = mix(position * STEP + 1);
    return new Id128(mix(identifier.high() ^ seed), mix(identifier.low() + mix(seed)));
  }

  /** The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
