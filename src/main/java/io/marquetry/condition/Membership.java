package io.marquetry.condition;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tests between values and lists: {@code $in}, {@code $inGroup}, {@code $all}, {@code $elemMatch}.
 */
sealed interface Membership extends ValueTest {
  /**
   * The value, or one element of a list value, is among the constants.
   *
   * @param keys the scalar constants in the form {@link #key} gives, without null
   * @param orNull whether null is among the constants
   * @param folded whether upper and lower case are the same
   * @param words what the constants are called, such as {@code one of a, b}
   */
  record OneOf(Set<Object> keys, boolean orNull, boolean folded, String words)
      implements Membership {
    static OneOf of(List<?> constants, boolean folded, @Nullable String group) {
      Set<Object> keys = new HashSet<>();
      boolean orNull = false;
      for (Object constant : constants) {
        orNull |= constant == null;
        Object key = key(constant, folded);
        if (key != null) {
          keys.add(key);
        }
      }
      String words = group == null ? "one of " + ValueTest.shown(constants) : "in group " + group;
      return new OneOf(keys, orNull, folded, folded ? words + " in any case" : words);
    }

    @Override
    public boolean test(@Nullable Object value) {
      if (value instanceof String text) {
        return keys.contains(folded ? text.toLowerCase(Locale.ROOT) : text);
      }
      if (!(value instanceof List<?> list)) {
        return has(value);
      }
      for (int i = 0; i < list.size(); i++) {
        if (has(list.get(i))) {
          return true;
        }
      }
      return false;
    }

    private boolean has(@Nullable Object value) {
      Object key = key(value, folded);
      return key == null ? orNull && value == null : keys.contains(key);
    }

    /**
     * One form per scalar, so that 2 and 2.0 meet; null for null and for lists and objects, which
     * never match.
     */
    private static @Nullable Object key(@Nullable Object value, boolean folded) {
      return switch (value) {
        case null -> null;
        case String text -> folded ? text.toLowerCase(Locale.ROOT) : text;
        case Long whole -> whole;
        case Number number -> numberKey(number);
        case Boolean truth -> truth;
        default -> null;
      };
    }

    private static Object numberKey(Number number) {
      double real = number.doubleValue();
      boolean whole = Loose.isWhole(number) || (real == Math.rint(real) && Math.abs(real) < 0x1p53);
      return whole ? (Object) number.longValue() : (Object) real;
    }

    @Override
    public String phrase(boolean negated) {
      return (negated ? "is not " : "is ") + words;
    }

    @Override
    public void canonical(StringBuilder out) {
      var sorted = keys.stream().map(OneOf::text).sorted().collect(Collectors.toList());
      if (orNull) {
        sorted.add("null");
      }
      out.append(folded ? "{\"$ini\":[" : "{\"$in\":[")
          .append(String.join(",", sorted))
          .append("]}");
    }

    private static String text(Object key) {
      var out = new StringBuilder();
      Canonical.write(out, key);
      return out.toString();
    }
  }

  /** Every wanted test is passed by some element of a list value. */
  record HasAll(List<ValueTest> wanted) implements Membership {
    @Override
    public boolean test(@Nullable Object value) {
      return value instanceof List<?> list && wanted.stream().allMatch(want -> passes(list, want));
    }

    private static boolean passes(List<?> list, ValueTest want) {
      for (int i = 0; i < list.size(); i++) {
        if (want.test(list.get(i))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String phrase(boolean negated) {
      String each =
          wanted.stream()
              .map(want -> want.phrase(false))
              .collect(Collectors.joining(" and one that "));
      String one = each.isEmpty() ? "elements" : "an element that " + each;
      return (negated ? "does not have " : "has ") + one;
    }

    @Override
    public void canonical(StringBuilder out) {
      Combined.list(out, "$all", wanted);
    }
  }

  /**
   * Some element of a list value passes; elements that count as false are passed over, as the cases
   * have it.
   */
  record HasElement(ValueTest wanted) implements Membership {
    @Override
    public boolean test(@Nullable Object value) {
      if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          Object element = list.get(i);
          if (Loose.truthy(element) && wanted.test(element)) {
            return true;
          }
        }
      }
      return false;
    }

    @Override
    public String phrase(boolean negated) {
      return (negated ? "has no element that " : "has an element that ") + wanted.phrase(false);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append("{\"$elemMatch\":");
      wanted.canonical(out);
      out.append('}');
    }
  }

  /** Some element of a list value satisfies a condition on its own fields. */
  record HasElementWhere(Node wanted) implements Membership {
    @Override
    public boolean test(@Nullable Object value) {
      if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          Object element = list.get(i);
          if (Loose.truthy(element) && wanted.test(new ElementView(element))) {
            return true;
          }
        }
      }
      return false;
    }

    @Override
    public String phrase(boolean negated) {
      return (negated ? "has no element where " : "has an element where ") + wanted.describe(false);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append("{\"$elemMatch\":");
      wanted.canonical(out);
      out.append('}');
    }
  }

  /** The fields of one list element; the parser lets no segment or behaviour in here. */
  record ElementView(@Nullable Object element) implements ProfileView {
    @Override
    public @Nullable Object field(FieldPath path) {
      return path.resolve(element);
    }

    @Override
    public boolean inSegment(String key) {
      return false;
    }

    @Override
    public boolean behaved(Behaviour behaviour) {
      return false;
    }
  }
}
