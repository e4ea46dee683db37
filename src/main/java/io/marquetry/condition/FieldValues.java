package io.marquetry.condition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The values that one field may have where several tests of it have to come out in given ways.
 *
 * <p>Tests compare with constants, so if any value passes, one of these does: a constant, the next
 * text after it, a number beside or between two of them, nothing, true and false, or something that
 * no test names.
 */
final class FieldValues {
  private static final Set<String> SCALAR =
      Set.of(
          "context",
          "device",
          "geo",
          "campaign",
          "session",
          "visits",
          "isReturning",
          "events",
          "firstSeen",
          "lastSeen",
          "site");

  private final FieldPath path;
  private final List<ValueTest> wanted = new ArrayList<>();
  private final TreeSet<String> texts = new TreeSet<>();
  private final TreeSet<Double> numbers = new TreeSet<>();
  private boolean decidable = true;

  FieldValues(FieldPath path) {
    this.path = path;
  }

  void require(ValueTest test, boolean negated) {
    wanted.add(negated ? new Combined.Inverted(test) : test);
    collect(test);
  }

  private void collect(ValueTest test) {
    switch (test) {
      case Equality.TextIs(String text) -> constant(text);
      case Equality.FoldedTextIs(String text) -> constant(text);
      case Equality.NumberIs(Number number) -> constant(number);
      case Equality.Strictly(Object constant) -> constant(constant);
      case Membership.OneOf among -> among.keys().forEach(this::constant);
      case Ordering.Compares(_, String text, Number number) -> {
        constant(text);
        constant(number);
      }
      case Combined.AllOf(List<ValueTest> parts) -> parts.forEach(this::collect);
      case Combined.Inverted(ValueTest part) -> collect(part);
      case Equality.TruthIs _, Equality.Missing _, Shape.Exists _, Combined.Never _ -> {}
      default -> decidable = false;
    }
  }

  private void constant(@Nullable Object constant) {
    switch (constant) {
      case String text -> {
        texts.add(text);
        double read = Loose.number(text);
        if (!Double.isNaN(read)) {
          numbers.add(read);
        }
      }
      case Number number when !Double.isNaN(number.doubleValue()) -> {
        numbers.add(number.doubleValue());
        texts.add(Loose.text(number));
      }
      case null, default -> {}
    }
  }

  /** Whether some value passes all tests. */
  Overlap search() {
    for (var value : values()) {
      if (passes(value)) {
        return Overlap.CERTAIN;
      }
    }
    boolean listPasses = !SCALAR.contains(path.root()) && passes(List.copyOf(texts));
    return decidable && !listPasses ? Overlap.NEVER : Overlap.POSSIBLE;
  }

  private boolean passes(@Nullable Object value) {
    for (var test : wanted) {
      if (!test.test(value)) {
        return false;
      }
    }
    return true;
  }

  private List<@Nullable Object> values() {
    var values =
        new ArrayList<@Nullable Object>(Arrays.asList(null, true, false, "", "\uFFFF", 0L));
    for (var text : texts) {
      values.add(text);
      values.add(text + "\0");
    }
    Double before = null;
    for (var number : numbers) {
      for (double near : new double[] {number - 1, number, number + 1}) {
        values.add(
            near == Math.rint(near) && Math.abs(near) < 0x1p53 ? (Object) (long) near : near);
      }
      if (before != null) {
        values.add((before + number) / 2);
      }
      before = number;
    }
    return values;
  }
}
