package io.marquetry.condition;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * JavaScript's loose reading of JSON values, which GrowthBook's cases take for granted: a text
 * reads as a number where a number is wanted, null reads as 0, a list as its elements joined by
 * commas.
 *
 * <p>Design note: whole numbers are compared as longs, so that identifiers beyond 2^53 stay
 * distinct, which is finer than JavaScript. Nothing here allocates for a text read as text or a
 * number read as number.
 */
final class Loose {
  private Loose() {}

  static boolean isWhole(Number number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte;
  }

  static boolean sameNumber(Number a, Number b) {
    boolean whole = isWhole(a) && isWhole(b);
    return whole ? a.longValue() == b.longValue() : a.doubleValue() == b.doubleValue();
  }

  /** Equality of two JSON values at every depth; the order of keys does not matter. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return sameNumber(x, y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return sameList(x, y);
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(e -> y.containsKey(e.getKey()) && same(e.getValue(), y.get(e.getKey())));
    }
    return Objects.equals(a, b);
  }

  private static boolean sameList(List<?> a, List<?> b) {
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same = same(a.get(i), b.get(i));
    }
    return same;
  }

  static boolean truthy(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean truth -> truth;
      case String text -> !text.isEmpty();
      case Number number -> number.doubleValue() != 0 && !Double.isNaN(number.doubleValue());
      default -> true;
    };
  }

  /** The value as a number; NaN when it does not read as one. */
  static double number(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case Number number -> number.doubleValue();
      case Boolean truth -> truth ? 1 : 0;
      case String text -> parse(text.strip());
      case List<?> list -> parse(text(list).strip());
      default -> Double.NaN;
    };
  }

  private static double parse(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!mayBeDecimal(text)) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * Keeps ordinary words away from the costly failure, and Java's own spellings such as {@code 1d}
   * out.
   */
  private static boolean mayBeDecimal(String text) {
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      digit |= c >= '0' && c <= '9';
      if ("0123456789.+-eE".indexOf(c) < 0) {
        return false;
      }
    }
    return digit;
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> text;
      case Number number -> text(number);
      case List<?> list -> joined(list);
      case Map<?, ?> _ -> "[object Object]";
      default -> value.toString();
    };
  }

  static String text(Number number) {
    double real = number.doubleValue();
    if (isWhole(number)) {
      return Long.toString(number.longValue());
    }
    if (real == Math.rint(real) && Math.abs(real) < 1e15) {
      return Long.toString((long) real);
    }
    if (Double.isNaN(real) || Double.isInfinite(real)) {
      return Double.toString(real);
    }
    return decimal(new BigDecimal(Double.toString(real)).stripTrailingZeros());
  }

  /** JavaScript writes exponents only outside 1e-6 ≤ |x| < 1e21, and always with a sign. */
  private static String decimal(BigDecimal number) {
    int exponent = number.precision() - number.scale() - 1;
    if (exponent >= -6 && exponent < 21) {
      return number.toPlainString();
    }
    String digits = number.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (number.signum() < 0 ? "-" : "") + mantissa + (exponent < 0 ? "e" : "e+") + exponent;
  }

  private static String joined(List<?> list) {
    var out = new StringBuilder();
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      out.append(i > 0 ? "," : "").append(element == null ? "" : text(element));
    }
    return out.toString();
  }

  /** The name {@code $type} gives to a value's kind. */
  static String typeName(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String _ -> "string";
      case Number _ -> "number";
      case Boolean _ -> "boolean";
      case List<?> _ -> "array";
      default -> "object";
    };
  }
}
