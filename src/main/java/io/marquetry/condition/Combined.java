package io.marquetry.condition;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tests of one value made from other tests of it. */
sealed interface Combined extends ValueTest {
  /** All operators beside each other in one object. */
  record AllOf(List<ValueTest> parts) implements Combined {
    @Override
    public boolean test(@Nullable Object value) {
      for (int i = 0; i < parts.size(); i++) {
        if (!parts.get(i).test(value)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String phrase(boolean negated) {
      return parts.stream()
          .map(part -> part.phrase(negated))
          .collect(Collectors.joining(negated ? " or " : " and "));
    }

    @Override
    public void canonical(StringBuilder out) {
      list(out, "$and", parts);
    }
  }

  /** {@code $not}, and the negative of every operator that has one. */
  record Inverted(ValueTest part) implements Combined {
    @Override
    public boolean test(@Nullable Object value) {
      return !part.test(value);
    }

    @Override
    public String phrase(boolean negated) {
      return part.phrase(!negated);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append("{\"$not\":");
      part.canonical(out);
      out.append('}');
    }
  }

  /** What lenient parsing makes of an operator it cannot understand. */
  record Never(String why) implements Combined {
    @Override
    public boolean test(@Nullable Object value) {
      return false;
    }

    @Override
    public String phrase(boolean negated) {
      return (negated ? "is not (" : "is (") + why + ")";
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$never", why);
    }
  }

  /** Writes {@code {"name":[…]}} with the parts sorted: their order never changes a result. */
  static void list(StringBuilder out, String name, List<? extends ValueTest> parts) {
    out.append("{\"").append(name).append("\":[");
    out.append(parts.stream().map(Combined::text).sorted().collect(Collectors.joining(",")));
    out.append("]}");
  }

  private static String text(ValueTest part) {
    var out = new StringBuilder();
    part.canonical(out);
    return out.toString();
  }
}
