package io.marquetry.condition;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a number that the events carry adds up to; nothing adds up to 0.
 *
 * <p>Design note: adding doubles gives another result in another order, and a profile must not
 * depend on the order in which events arrive. So amounts are whole millionths in a long, which is
 * exact as long as the total stays below 9·10¹².
 *
 * @param property path within the event, such as {@code properties.total}
 * @param bounds at least one, kept sorted so that equal sums are equal values
 */
public record Sum(FieldPath property, List<Bound> bounds) implements Measure {
  /** Decimals that are kept of an amount. */
  public static final int DECIMALS = 6;

  /** Largest amount of a single event, and largest threshold; what lies beyond is no amount. */
  public static final long LARGEST = 1_000_000_000_000L;

  private static final long ONE = 1_000_000;

  /**
   * One comparison of the total with a constant.
   *
   * @param millionths the constant
   */
  public record Bound(Relation relation, long millionths) {}

  /** Copies and sorts the bounds. */
  public Sum {
    if (bounds.isEmpty()) {
      throw new IllegalArgumentException("a sum needs at least one bound");
    }
    bounds =
        bounds.stream()
            .sorted(Comparator.comparing(Bound::relation).thenComparing(Bound::millionths))
            .toList();
  }

  /**
   * The amount a value stands for, in millionths: that of a number or of a text that reads as one;
   * 0 for everything else and for what is too large to be meant.
   */
  public static long millionths(@Nullable Object value) {
    double number =
        value instanceof Number || value instanceof String ? Loose.number(value) : Double.NaN;
    if (!isAmount(number)) {
      return 0;
    }
    return value instanceof Number whole && Loose.isWhole(whole)
        ? whole.longValue() * ONE
        : Math.round(number * ONE);
  }

  private static boolean isAmount(double number) {
    return Math.abs(number) <= LARGEST; // and so no NaN
  }

  /** Whether this total satisfies every bound. */
  public boolean test(long millionths) {
    for (int i = 0; i < bounds.size(); i++) {
      Bound bound = bounds.get(i);
      if (!bound.relation().holds(Long.compare(millionths, bound.millionths()))) {
        return false;
      }
    }
    return true;
  }

  /** Totals beyond this all look alike. */
  public long horizon() {
    return bounds.stream().mapToLong(Bound::millionths).max().orElse(0);
  }

  static String text(long millionths) {
    return BigDecimal.valueOf(millionths, DECIMALS).stripTrailingZeros().toPlainString();
  }

  /** The constant in millionths; null where it is too large or has too many decimals. */
  static @Nullable Long threshold(Number number) {
    double real = number.doubleValue();
    if (!isAmount(real)) {
      return null;
    }
    try {
      return new BigDecimal(Loose.text(number))
          .setScale(DECIMALS, RoundingMode.UNNECESSARY)
          .unscaledValue()
          .longValueExact();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  @Override
  public void canonical(StringBuilder out, String event) {
    out.append(event).append(",\"sum\":{\"is\":");
    out.append(
        bounds.stream()
            .map(b -> "\"" + b.relation().operator() + "\":" + text(b.millionths()))
            .collect(Collectors.joining(",", "{", "}")));
    out.append(",\"property\":");
    Canonical.write(out, property.toString());
    out.append('}');
  }
}
