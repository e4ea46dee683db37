package io.marquetry.decisioning.core;

import io.marquetry.kit.Id128;
import java.nio.charset.StandardCharsets;

/**
 * Draws lots that come out the same for the same visitor, everywhere and always.
 *
 * <p>The hash: FNV-1a (64 bits) over the salt in UTF-8, then the first half of the visitor's id
 * xored in and mixed, then the second half xored in and mixed; mixing is the 64-bit finalizer of
 * MurmurHash3. Its first 53 bits, as a fraction, are the lot. Another salt gives lots that have
 * nothing to do with these. The definition never changes: golden vectors guard it.
 */
public final class Assignment {
  private final long seed;

  /**
   * @param salt names what the lots are drawn for
   */
  public Assignment(String salt) {
    long hash = 0xCBF29CE484222325L;
    for (byte octet : salt.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xFF)) * 0x100000001B3L;
    }
    seed = hash;
  }

  /** The visitor's 64 bits. */
  public long hash(Id128 visitor) {
    return Mixing.mix(Mixing.mix(seed ^ visitor.high()) ^ visitor.low());
  }

  /** The visitor's lot, from 0 up to but without 1. */
  public double lot(Id128 visitor) {
    return (hash(visitor) >>> 11) * 0x1.0p-53;
  }

  /** The visitor's lot, between 0 and 1 and never either. */
  double openLot(Id128 visitor) {
    return ((hash(visitor) >>> 11) + 0.5) * 0x1.0p-53;
  }
}
