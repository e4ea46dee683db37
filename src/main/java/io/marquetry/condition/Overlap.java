package io.marquetry.condition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether two conditions can hold of the same visitor at once.
 *
 * <p>Design note: segments are replaced by what they ask, both conditions are written as
 * alternatives of things that hold together, and for each alternative a value is sought for every
 * field that passes all tests of it, among the constants of these tests and values beside and
 * between them. The tests themselves judge, so what is found is a visitor who meets both. That none
 * is found says something only where all tests compare with constants; patterns, versions and what
 * is inside lists are not decided, and neither is how different behaviours hang together.
 */
public enum Overlap {
  /** No visitor can meet both. */
  NEVER,
  /** It is not known. */
  POSSIBLE,
  /** Some visitor meets both. */
  CERTAIN;

  private static final int MAX_ALTERNATIVES = 64;

  /** A part of a condition that has to hold, or must not. */
  private record Literal(Node part, boolean negated) {}

  /** Too many alternatives to look at them all. */
  private static final class TooMany extends Exception {
    private static final long serialVersionUID = 1;

    TooMany() {
      super(null, null, false, false);
    }
  }

  /**
   * Whether both can hold of one visitor.
   *
   * @param segments what the segments that are named ask, by key; one that is missing may hold or
   *     not
   */
  public static Overlap of(Condition one, Condition other, Map<String, Condition> segments) {
    try {
      var both = new Node.All(List.of(one.root(), other.root()));
      var found = NEVER;
      for (var alternative : alternatives(both, false, segments, new HashSet<>())) {
        var here = of(alternative);
        found = here.compareTo(found) > 0 ? here : found;
      }
      return found;
    } catch (TooMany e) {
      return POSSIBLE;
    }
  }

  private static List<List<Literal>> alternatives(
      Node node, boolean negated, Map<String, Condition> segments, Set<String> inside)
      throws TooMany {
    return switch (node) {
      case Node.Not(Node part) -> alternatives(part, !negated, segments, inside);
      case Node.All(List<Node> parts) ->
          negated ? any(parts, true, segments, inside) : all(parts, false, segments, inside);
      case Node.Any(List<Node> parts) when parts.isEmpty() ->
          negated ? List.of() : List.of(List.of());
      case Node.Any(List<Node> parts) ->
          negated ? all(parts, true, segments, inside) : any(parts, false, segments, inside);
      case Node.InSegment(String key) when segments.containsKey(key) && inside.add(key) -> {
        var meant = alternatives(segments.get(key).root(), negated, segments, inside);
        inside.remove(key);
        yield meant;
      }
      default -> List.of(List.of(new Literal(node, negated)));
    };
  }

  private static List<List<Literal>> any(
      List<Node> parts, boolean negated, Map<String, Condition> segments, Set<String> inside)
      throws TooMany {
    var found = new ArrayList<List<Literal>>();
    for (var part : parts) {
      found.addAll(alternatives(part, negated, segments, inside));
      limit(found.size());
    }
    return found;
  }

  private static List<List<Literal>> all(
      List<Node> parts, boolean negated, Map<String, Condition> segments, Set<String> inside)
      throws TooMany {
    List<List<Literal>> found = List.of(List.of());
    for (var part : parts) {
      var more = alternatives(part, negated, segments, inside);
      limit(found.size() * more.size());
      var joined = new ArrayList<List<Literal>>();
      for (var one : found) {
        for (var other : more) {
          var together = new ArrayList<>(one);
          together.addAll(other);
          joined.add(together);
        }
      }
      found = joined;
    }
    return found;
  }

  private static void limit(int alternatives) throws TooMany {
    if (alternatives > MAX_ALTERNATIVES) {
      throw new TooMany();
    }
  }

  /** Whether all of these can hold together. */
  private static Overlap of(List<Literal> literals) {
    var fields = new HashMap<FieldPath, FieldValues>();
    var atoms = new HashMap<Node, Boolean>();
    var found = CERTAIN;
    for (var literal : literals) {
      switch (literal.part()) {
        case Node.Field(FieldPath path, ValueTest wanted) ->
            fields.computeIfAbsent(path, FieldValues::new).require(wanted, literal.negated());
        case Node.Never _ -> {
          if (!literal.negated()) {
            return NEVER;
          }
        }
        case Node atom -> {
          var before = atoms.put(atom, literal.negated());
          if (before != null && before != literal.negated()) {
            return NEVER;
          }
        }
      }
    }
    for (var field : fields.values()) {
      var here = field.search();
      found = here.compareTo(found) < 0 ? here : found;
    }
    return found == CERTAIN && (nested(fields) || related(atoms)) ? POSSIBLE : found;
  }

  /** Whether one field is a part of another, so that their values hang together. */
  private static boolean nested(Map<FieldPath, FieldValues> fields) {
    for (var one : fields.keySet()) {
      for (var other : fields.keySet()) {
        if (other.toString().startsWith(one + ".")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a behaviour has to hold while another one must not, which may hang together. */
  private static boolean related(Map<Node, Boolean> atoms) {
    var wanted = new HashSet<Boolean>();
    atoms.forEach(
        (atom, negated) -> {
          if (atom instanceof Node.Behaved) {
            wanted.add(negated);
          }
        });
    return wanted.size() > 1;
  }
}
