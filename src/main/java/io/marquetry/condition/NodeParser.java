package io.marquetry.condition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads whole conditions: fields, logical operators, membership and behaviour. */
final class NodeParser {
  /** Whose fields a condition is about; only a profile has segments and a past. */
  enum Scope {
    PROFILE("$and, $or, $nor, $not, $inSegment, $did, $first, $last, $sequence"),
    EVENT("$and, $or, $nor, $not"),
    ELEMENT("$and, $or, $nor, $not");

    private final String known;

    Scope(String known) {
      this.known = known;
    }
  }

  private final Parsing parsing;
  private final Scope scope;

  NodeParser(Parsing parsing, Scope scope) {
    this.parsing = parsing;
    this.scope = scope;
  }

  /** The condition that stands at {@code path}, itself {@code depth} operators deep. */
  Node parse(@Nullable Object json, String path, int depth) {
    if (!(json instanceof Map<?, ?> members)) {
      return parsing.nodeFault(path, "expected a condition object" + Parsing.found(json));
    }
    if (members.isEmpty()) {
      parsing.enter(path, depth);
    }
    List<Node> parts = new ArrayList<>(members.size());
    members.forEach((key, value) -> parts.add(member(String.valueOf(key), value, path, depth)));
    return parts.size() == 1 ? parts.getFirst() : new Node.All(List.copyOf(parts));
  }

  private Node member(String key, @Nullable Object value, String parent, int depth) {
    String path = parent + "." + key;
    return key.startsWith("$") ? operator(key, value, path, depth) : field(key, value, path, depth);
  }

  private Node field(String key, @Nullable Object value, String path, int depth) {
    FieldPath field = FieldPath.of(key);
    if (field.hasEmptyStep() && !parsing.lenient()) {
      return parsing.nodeFault(path, "expected a field path without empty steps");
    }
    return new Node.Field(field, new ValueParser(parsing).parse(value, path, depth + 1));
  }

  private Node operator(String name, @Nullable Object value, String path, int depth) {
    parsing.enter(path, depth + 1);
    return switch (name) {
      case "$and" -> list(value, path, depth, Node.All::new);
      case "$or" -> list(value, path, depth, Node.Any::new);
      case "$nor" -> list(value, path, depth, parts -> new Node.Not(new Node.Any(parts)));
      case "$not" -> new Node.Not(parse(value, path, depth + 1));
      case "$inSegment" -> ofProfile(name, path, () -> segment(value, path));
      case "$did", "$first", "$last", "$sequence" ->
          ofProfile(
              name, path, () -> new BehaviourParser(parsing).parse(name, value, path, depth + 1));
      default -> unknown(name, path);
    };
  }

  private Node ofProfile(String name, String path, Supplier<Node> read) {
    return scope == Scope.PROFILE ? read.get() : unknown(name, path);
  }

  private Node unknown(String name, String path) {
    return parsing.nodeFault(path, "unknown operator " + name + "; known: " + scope.known);
  }

  private Node list(
      @Nullable Object value, String path, int depth, Function<List<Node>, Node> combine) {
    if (!(value instanceof List<?> elements)) {
      return parsing.nodeFault(path, "expected a list of conditions" + Parsing.found(value));
    }
    List<Node> parts = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      parts.add(parse(elements.get(i), path + "[" + i + "]", depth + 1));
    }
    return combine.apply(List.copyOf(parts));
  }

  private static Node segment(@Nullable Object value, String path) {
    if (value instanceof String key && !key.isBlank()) {
      return new Node.InSegment(key);
    }
    throw new MalformedConditionException(
        path, "expected the key of a segment" + Parsing.found(value));
  }
}
