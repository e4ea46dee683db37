package io.marquetry.condition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Order against a constant: {@code $lt $lte $gt $gte} and their counterparts for version numbers.
 */
sealed interface Ordering extends ValueTest {
  /**
   * A comparison of numbers, or of texts by UTF-16 unit when both sides are texts. A null value
   * counts as 0.
   *
   * @param text the constant as text, null when it is a number
   * @param number the constant as number, NaN when it does not read as one
   */
  record Compares(Relation relation, @Nullable String text, Number number) implements Ordering {
    static Compares with(Relation relation, @Nullable Object constant) {
      boolean textual = isTextual(constant);
      Number number =
          constant instanceof Number exact ? exact : Double.valueOf(Loose.number(constant));
      return new Compares(relation, textual ? Loose.text(constant) : null, number);
    }

    @Override
    public boolean test(@Nullable Object value) {
      if (value instanceof Number exact && Loose.isWhole(exact) && Loose.isWhole(number)) {
        return relation.holds(Long.compare(exact.longValue(), number.longValue()));
      }
      if (text != null && isTextual(value)) {
        return relation.holds(Loose.text(value).compareTo(text));
      }
      return ordered(Loose.number(value), number.doubleValue());
    }

    /** Not {@code Double.compare}: nothing is ordered against NaN, and -0 equals 0. */
    private boolean ordered(double value, double constant) {
      return value < constant
          ? relation.holds(-1)
          : value > constant ? relation.holds(1) : value == constant && relation.holds(0);
    }

    private static boolean isTextual(@Nullable Object value) {
      return value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>;
    }

    @Override
    public String phrase(boolean negated) {
      String words =
          switch (negated ? relation.opposite() : relation) {
            case EQ -> "is ";
            case NE -> "is not ";
            case LT -> "is less than ";
            case LTE -> "is at most ";
            case GT -> "is more than ";
            case GTE -> "is at least ";
          };
      return words + ValueTest.shown(text == null ? number : text);
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, relation.operator(), text == null ? number : text);
    }
  }

  /**
   * A comparison of version numbers.
   *
   * @param shown the constant as written
   * @param sortable the constant in the form that sorts, see {@link VersionText}
   */
  record ComparesVersion(Relation relation, String shown, String sortable) implements Ordering {
    @Override
    public boolean test(@Nullable Object value) {
      return relation.holds(VersionText.sortable(value).compareTo(sortable));
    }

    @Override
    public String phrase(boolean negated) {
      return switch (negated ? relation.opposite() : relation) {
        case EQ -> "is version " + shown;
        case NE -> "is not version " + shown;
        case LT -> "is a version before " + shown;
        case LTE -> "is version " + shown + " or earlier";
        case GT -> "is a version after " + shown;
        case GTE -> "is version " + shown + " or later";
      };
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, relation.versionOperator(), shown);
    }
  }
}
