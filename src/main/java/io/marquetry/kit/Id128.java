package io.marquetry.kit;

import java.util.HexFormat;

/**
 * A 128-bit identifier: the key of a visitor's identifier, a profile, a message or a decision.
 *
 * <p>Written as 32 lower-case hexadecimal digits. Values come from {@link Ids} (keyed hashes) or
 * from a random source given by the caller; both spread uniformly over all bits, so that the low
 * bits may be used as a hash or a shard number without further mixing.
 */
public record Id128(long high, long low) implements Comparable<Id128> {

  /** Reads 32 hexadecimal digits; dashes, as in a UUID, are passed over. */
  public static Id128 parse(String text) {
    var digits = text.indexOf('-') < 0 ? text : text.replace("-", "");
    if (digits.length() != 32) {
      throw new IllegalArgumentException("an id is 32 hexadecimal digits, not '" + text + "'");
    }
    return new Id128(
        HexFormat.fromHexDigitsToLong(digits, 0, 16),
        HexFormat.fromHexDigitsToLong(digits, 16, 32));
  }

  /** Whether {@code text} is in the form that {@link #parse} reads. */
  public static boolean isId(String text) {
    if (text.length() != 32) {
      return false;
    }
    for (int i = 0; i < 32; i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return (int) low;
  }

  @Override
  public int compareTo(Id128 other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    var hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
