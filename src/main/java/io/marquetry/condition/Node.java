package io.marquetry.condition;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A part of a compiled condition that is true or false of a profile.
 *
 * <p>Design note: the tree the parser builds is the evaluator itself; paths are split and constants
 * converted, so testing is a walk without allocation. Explaining walks the same tree with a sense
 * of negation: below a {@code $not} a requirement is told turned round, so that every leaf says
 * what was asked of the visitor.
 */
sealed interface Node {
  /** Whether it holds. */
  boolean test(ProfileView view);

  /** In words; with {@code negated} the words of its opposite. */
  String describe(boolean negated);

  /** Adds the leaves that decided its outcome. */
  void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves);

  /** Notes what it reads. */
  void collect(Dependencies into);

  /** Appends the normal form. */
  void canonical(StringBuilder out);

  /** Every part holds; nothing to hold is true. */
  record All(List<Node> parts) implements Node {
    @Override
    public boolean test(ProfileView view) {
      for (int i = 0; i < parts.size(); i++) {
        if (!parts.get(i).test(view)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String describe(boolean negated) {
      return join(parts, negated, negated ? " or " : " and ");
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      explainDeciding(parts, test(view), view, negated, leaves);
    }

    @Override
    public void collect(Dependencies into) {
      parts.forEach(part -> part.collect(into));
    }

    @Override
    public void canonical(StringBuilder out) {
      if (parts.isEmpty()) {
        out.append("{}");
      } else {
        list(out, "$and", parts);
      }
    }
  }

  /** Some part holds; nothing to choose from is true, as the cases have it. */
  record Any(List<Node> parts) implements Node {
    @Override
    public boolean test(ProfileView view) {
      for (int i = 0; i < parts.size(); i++) {
        if (parts.get(i).test(view)) {
          return true;
        }
      }
      return parts.isEmpty();
    }

    @Override
    public String describe(boolean negated) {
      return join(parts, negated, negated ? " and " : " or ");
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      explainDeciding(parts, test(view), view, negated, leaves);
    }

    @Override
    public void collect(Dependencies into) {
      parts.forEach(part -> part.collect(into));
    }

    @Override
    public void canonical(StringBuilder out) {
      list(out, "$or", parts);
    }
  }

  /** The part does not hold. */
  record Not(Node part) implements Node {
    @Override
    public boolean test(ProfileView view) {
      return !part.test(view);
    }

    @Override
    public String describe(boolean negated) {
      return part.describe(!negated);
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      part.explain(view, !negated, leaves);
    }

    @Override
    public void collect(Dependencies into) {
      part.collect(into);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append("{\"$not\":");
      part.canonical(out);
      out.append('}');
    }
  }

  /** A field's value passes a test. */
  record Field(FieldPath path, ValueTest wanted) implements Node {
    @Override
    public boolean test(ProfileView view) {
      return wanted.test(view.field(path));
    }

    @Override
    public String describe(boolean negated) {
      return path + " " + wanted.phrase(negated);
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      if (wanted instanceof Combined.AllOf(List<ValueTest> parts)) {
        var fields = parts.stream().<Node>map(part -> new Field(path, part)).toList();
        explainDeciding(fields, test(view), view, negated, leaves);
      } else {
        leaf(this, view, negated, leaves);
      }
    }

    @Override
    public void collect(Dependencies into) {
      into.fields().add(path);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append('{');
      Canonical.write(out, path.toString());
      out.append(':');
      wanted.canonical(out);
      out.append('}');
    }
  }

  /** The visitor is in a segment. */
  record InSegment(String key) implements Node {
    @Override
    public boolean test(ProfileView view) {
      return view.inSegment(key);
    }

    @Override
    public String describe(boolean negated) {
      return (negated ? "is not in segment " : "is in segment ") + key;
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      leaf(this, view, negated, leaves);
    }

    @Override
    public void collect(Dependencies into) {
      into.segments().add(key);
    }

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$inSegment", key);
    }
  }

  /** The visitor behaved in a way. */
  record Behaved(Behaviour behaviour) implements Node {
    @Override
    public boolean test(ProfileView view) {
      return view.behaved(behaviour);
    }

    @Override
    public String describe(boolean negated) {
      return BehaviourWords.of(behaviour, negated);
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      leaf(this, view, negated, leaves);
    }

    @Override
    public void collect(Dependencies into) {
      into.behaviours().add(behaviour);
    }

    @Override
    public void canonical(StringBuilder out) {
      out.append(behaviour.canonical());
    }
  }

  /** What lenient parsing makes of an expression it cannot understand: false. */
  record Never(String why) implements Node {
    @Override
    public boolean test(ProfileView view) {
      return false;
    }

    @Override
    public String describe(boolean negated) {
      return (negated ? "not (" : "(") + why + ")";
    }

    @Override
    public void explain(ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
      leaf(this, view, negated, leaves);
    }

    @Override
    public void collect(Dependencies into) {}

    @Override
    public void canonical(StringBuilder out) {
      Canonical.member(out, "$never", why);
    }
  }

  private static void leaf(
      Node node, ProfileView view, boolean negated, List<Explained.Leaf> leaves) {
    leaves.add(new Explained.Leaf(node.describe(negated), node.test(view) != negated));
  }

  /** Both for all and for any, the parts that decide are those that came out as the whole did. */
  private static void explainDeciding(
      List<Node> parts,
      boolean outcome,
      ProfileView view,
      boolean negated,
      List<Explained.Leaf> leaves) {
    for (Node part : parts) {
      if (part.test(view) == outcome) {
        part.explain(view, negated, leaves);
      }
    }
  }

  private static String join(List<Node> parts, boolean negated, String word) {
    if (parts.isEmpty()) {
      return negated ? "nobody" : "everybody";
    }
    return parts.stream().map(part -> bracketed(part, negated)).collect(Collectors.joining(word));
  }

  private static String bracketed(Node part, boolean negated) {
    boolean compound =
        switch (part) {
          case All(List<Node> parts) -> parts.size() > 1;
          case Any(List<Node> parts) -> parts.size() > 1;
          case Not(Node inner) -> inner instanceof All || inner instanceof Any;
          case Field(_, ValueTest wanted) -> wanted instanceof Combined.AllOf;
          default -> false;
        };
    return compound ? "(" + part.describe(negated) + ")" : part.describe(negated);
  }

  private static void list(StringBuilder out, String name, List<Node> parts) {
    out.append("{\"").append(name).append("\":[");
    out.append(parts.stream().map(Node::text).sorted().collect(Collectors.joining(",")));
    out.append("]}");
  }

  private static String text(Node node) {
    var out = new StringBuilder();
    node.canonical(out);
    return out.toString();
  }
}
