package io.marquetry.condition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tests of what kind of value there is: {@code $exists}, {@code $type}, {@code $size}, {@code
 * $regex}.
 */
sealed interface Shape extends ValueTest {
  /** The value is known, or is not. */
  record Exists(boolean wanted) implements Shape {
    @Override
    public boolean test(@Nullable Object value) {
      return (value != null) == wanted;
    }

    @Override
    public String phrase(boolean negated) {
      return wanted != negated ? "is known" : "is not known";
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$exists", wanted);
    }
  }

  /** The value is of a JSON kind. */
  record IsType(String name) implements Shape {
    @Override
    public boolean test(@Nullable Object value) {
      return name.equals(Loose.typeName(value));
    }

    @Override
    public String phrase(boolean negated) {
      return (negated ? "is not of type " : "is of type ") + name;
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$type", name);
    }
  }

  /** The length of a list value passes. */
  record HasSize(ValueTest size) implements Shape {
    @Override
    public boolean test(@Nullable Object value) {
      return value instanceof List<?> list && size.test(list.size());
    }

    @Override
    public String phrase(boolean negated) {
      return "has a size that " + size.phrase(negated);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append("{\"$size\":");
      size.canonical(out);
      out.append('}');
    }
  }

  /**
   * The value, written as text, contains a match. An unknown value has no text and matches nothing.
   */
  record Matches(TextPattern pattern) implements Shape {
    @Override
    public boolean test(@Nullable Object value) {
      return value != null && pattern.isIn(value instanceof String text ? text : Loose.text(value));
    }

    @Override
    public String phrase(boolean negated) {
      String words = (negated ? "does not match " : "matches ") + pattern.source();
      return pattern.folded() ? words + " in any case" : words;
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, pattern.folded() ? "$regexi" : "$regex", pattern.source());
    }
  }
}
