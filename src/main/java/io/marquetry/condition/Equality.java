package io.marquetry.condition;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Equality with a constant: loose where the constant stands bare, strict under {@code $eq} and
 * {@code $ne}.
 */
sealed interface Equality extends ValueTest {
  /** The constant compared with. */
  @Nullable Object constant();

  @Override
  default String phrase(boolean negated) {
    return (negated ? "is not " : "is ") + ValueTest.shown(constant());
  }

  @Override
  default void canonical(StringBuilder out) {
    Canonical.write(out, constant());
  }

  /** A bare text: the value, written as text, is the same. */
  record TextIs(String constant) implements Equality {
    @Override
    public boolean test(@Nullable Object value) {
      return constant.equals(value instanceof String text ? text : Loose.text(value));
    }
  }

  /** A bare text inside {@code $alli}; {@code folded} is lower case already. */
  record FoldedTextIs(String folded) implements Equality {
    static FoldedTextIs of(String text) {
      return new FoldedTextIs(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public String constant() {
      return folded;
    }

    @Override
    public boolean test(@Nullable Object value) {
      return folded.equals(Loose.text(value).toLowerCase(Locale.ROOT));
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$eqi", folded);
    }
  }

  /** A bare number: the value, read as a number, is the same. */
  record NumberIs(Number constant) implements Equality {
    @Override
    public boolean test(@Nullable Object value) {
      return value instanceof Number number
          ? Loose.sameNumber(number, constant)
          : Loose.number(value) == constant.doubleValue();
    }
  }

  /** A bare truth value: the value counts as true or false, and is known. */
  record TruthIs(Boolean constant) implements Equality {
    @Override
    public boolean test(@Nullable Object value) {
      return value != null && Loose.truthy(value) == constant;
    }
  }

  /** A bare null: the value is unknown. */
  record Missing() implements Equality {
    @Override
    public @Nullable Object constant() {
      return null;
    }

    @Override
    public boolean test(@Nullable Object value) {
      return value == null;
    }

    @Override
    public String phrase(boolean negated) {
      return negated ? "is known" : "is not known";
    }
  }

  /** A bare list or object: the value is the same at every depth. */
  record StructureIs(Object constant) implements Equality {
    @Override
    public boolean test(@Nullable Object value) {
      return value != null && Loose.same(constant, value);
    }

    @Override
    public String phrase(boolean negated) {
      var text = new StringBuilder(negated ? "is not " : "is ");
      Canonical.write(text, constant);
      return text.toString();
    }
  }

  /** {@code $eq}: the same value of the same kind; the constant is a scalar. */
  record Strictly(@Nullable Object constant) implements Equality {
    @Override
    public boolean test(@Nullable Object value) {
      if (constant == null || value == null) {
        return constant == value;
      }
      return constant.equals(value)
          || (constant instanceof Number a && value instanceof Number b && Loose.sameNumber(a, b));
    }

    @Override
    public String phrase(boolean negated) {
      return constant == null ? new Missing().phrase(negated) : Equality.super.phrase(negated);
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$eq", constant);
    }
  }
}
