package io.marquetry.condition;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A compiled test of one value: an operator with its constant already converted.
 *
 * <p>Design note: the parsed form is its own evaluator. Records rather than lambdas, because each
 * must also say itself in words and in normal form; the cost is one interface call per operator.
 */
sealed interface ValueTest permits Equality, Ordering, Membership, Shape, Combined {
  /** Whether the value passes; null stands for unknown as well as for JSON null. */
  boolean test(@Nullable Object value);

  /**
   * What is asked of the field, to follow its name: {@code is at least 3}; negated: {@code is less
   * than 3}.
   */
  String phrase(boolean negated);

  /** Appends the normal form. */
  void canonical(StringBuilder out);

  /** A constant as a reader wants to see it. */
  static String shown(@Nullable Object constant) {
    String text = Loose.text(constant);
    return text.isEmpty() ? "\"\"" : text;
  }

  /** A list of constants; long ones are cut, an explanation is read by people. */
  static String shown(List<?> constants) {
    String first =
        constants.stream().limit(8).map(ValueTest::shown).collect(Collectors.joining(", "));
    return constants.size() <= 8 ? first : first + " and " + (constants.size() - 8) + " more";
  }
}
