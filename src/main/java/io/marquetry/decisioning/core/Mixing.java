package io.marquetry.decisioning.core;

/** The 64-bit mixing steps that hashes here are made of; fixed for ever, see the golden vectors. */
final class Mixing {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Mixing() {}

  /**
   * Spreads every input bit over all output bits: the 64-bit finalizer of MurmurHash3. A bijection.
   */
  static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }

  /**
   * A hash of an id whose top bits are good. Ids are uniform already, so one multiplication is
   * enough; it also spreads ids that merely count up.
   */
  static long spread(long high, long low) {
    return (high ^ Long.rotateLeft(low, 32)) * GOLDEN;
  }

  /** Maps the top 32 bits of a hash onto 0 … {@code buckets} - 1, keeping their order. */
  static int place(long hash, int buckets) {
    return (int) (((hash >>> 32) * buckets) >>> 32);
  }
}
