package io.marquetry.condition;

import io.marquetry.condition.Behaviour.Sequence;
import io.marquetry.condition.NodeParser.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads behavioural leaves. They are Marquetry's own, so their faults are refused even in lenient
 * parsing.
 */
final class BehaviourParser {
  private final Parsing parsing;

  BehaviourParser(Parsing parsing) {
    this.parsing = parsing;
  }

  /** The leaf that stands at {@code path}; several where {@code $did} asks for several things. */
  Node parse(String operator, @Nullable Object json, String path, int depth) {
    return switch (operator) {
      case "$did" -> did(json, path, depth);
      case "$first" -> ago(Behaviour.Edge.FIRST, json, path, depth);
      case "$last" -> ago(Behaviour.Edge.LAST, json, path, depth);
      default -> sequence(json, path, depth);
    };
  }

  private Node did(@Nullable Object json, String path, int depth) {
    var members = members(json, path, "event", "where", "within", "count", "sum", "distinct");
    var what = happening(members, path, depth);
    var window =
        members.containsKey("within")
            ? Bounds.window(members.get("within"), path + ".within")
            : new Window.Ever();
    List<Node> leaves = new ArrayList<>(1);
    for (var measure : measures(members, path)) {
      leaves.add(new Node.Behaved(new Behaviour.Did(what, window, measure)));
    }
    return leaves.size() == 1 ? leaves.getFirst() : new Node.All(List.copyOf(leaves));
  }

  private List<Measure> measures(Map<?, ?> members, String path) {
    List<Measure> measures = new ArrayList<>(1);
    if (members.containsKey("count")) {
      measures.add(Bounds.count(members.get("count"), path + ".count"));
    }
    if (members.containsKey("sum")) {
      var at = path + ".sum";
      var sum = members(members.get("sum"), at, "property", "is");
      measures.add(Bounds.sum(property(sum, at), sum.get("is"), at + ".is"));
    }
    if (members.containsKey("distinct")) {
      var at = path + ".distinct";
      var distinct = members(members.get("distinct"), at, "property", "is");
      measures.add(
          new Distinct(property(distinct, at), Bounds.count(distinct.get("is"), at + ".is")));
    }
    if (measures.isEmpty()) {
      measures.add(Count.AT_LEAST_ONCE);
    }
    for (int i = 1; i < measures.size(); i++) {
      parsing.enter(path, 0); // each is a comparison of its own
    }
    return measures;
  }

  private Node ago(Behaviour.Edge edge, @Nullable Object json, String path, int depth) {
    var members = members(json, path, "event", "where", "ago");
    return new Node.Behaved(
        new Behaviour.Ago(
            edge, happening(members, path, depth), Bounds.age(members.get("ago"), path + ".ago")));
  }

  private Node sequence(@Nullable Object json, String path, int depth) {
    var members = members(json, path, "steps", "within", "then");
    var steps = steps(members.get("steps"), path + ".steps", depth);
    var within =
        !members.containsKey("within") || "ever".equals(members.get("within"))
            ? null
            : Bounds.length(members.get("within"), path + ".within", "\"ever\" or ");
    var then =
        members.containsKey("then") ? absence(members.get("then"), path + ".then", depth) : null;
    if (steps.size() == 1 && then == null) {
      throw new MalformedConditionException(
          path + ".steps", "expected at least 2 steps, or then with what must be absent");
    }
    return new Node.Behaved(new Sequence(steps, within, then));
  }

  private List<Happening> steps(@Nullable Object json, String path, int depth) {
    if (!(json instanceof List<?> list) || list.isEmpty() || list.size() > Sequence.MAX_STEPS) {
      throw new MalformedConditionException(
          path, "expected a list of up to " + Sequence.MAX_STEPS + " steps" + Parsing.found(json));
    }
    List<Happening> steps = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      steps.add(step(list.get(i), path + "[" + i + "]", depth));
    }
    return steps;
  }

  private Happening step(@Nullable Object json, String path, int depth) {
    parsing.enter(path, depth + 1);
    return happening(members(json, path, "event", "where"), path, depth + 1);
  }

  private Sequence.Absence absence(@Nullable Object json, String path, int depth) {
    var members = members(json, path, "not", "for");
    return new Sequence.Absence(
        step(members.get("not"), path + ".not", depth),
        Bounds.length(members.get("for"), path + ".for", ""));
  }

  private Happening happening(Map<?, ?> members, String path, int depth) {
    return new Happening(
        event(members.get("event"), path + ".event"),
        members.containsKey("where") ? where(members.get("where"), path + ".where", depth) : null);
  }

  private static String event(@Nullable Object json, String path) {
    if (json instanceof String name && !name.isBlank()) {
      return name;
    }
    throw new MalformedConditionException(
        path, "expected the name of an event" + Parsing.found(json));
  }

  private @Nullable Condition where(@Nullable Object json, String path, int depth) {
    if (!(json instanceof Map<?, ?> members)) {
      throw new MalformedConditionException(
          path, "expected a condition object" + Parsing.found(json));
    }
    return members.isEmpty()
        ? null
        : new Condition(json, new NodeParser(parsing, Scope.EVENT).parse(json, path, depth));
  }

  /** Where in an event a property is found: below {@code properties} unless it says otherwise. */
  private static FieldPath property(Map<?, ?> members, String path) {
    if (!(members.get("property") instanceof String name) || name.isBlank()) {
      throw new MalformedConditionException(
          path + ".property",
          "expected the name of a property" + Parsing.found(members.get("property")));
    }
    boolean whole =
        name.startsWith("properties.") || name.startsWith("context.") || name.startsWith("traits.");
    var property = FieldPath.of(whole ? name : "properties." + name);
    if (property.hasEmptyStep()) {
      throw new MalformedConditionException(
          path + ".property", "expected a property path without empty steps");
    }
    return property;
  }

  /** The members of an object that knows these and no others. */
  private static Map<?, ?> members(@Nullable Object json, String path, String... known) {
    var names = String.join(", ", known);
    if (!(json instanceof Map<?, ?> members)) {
      throw new MalformedConditionException(
          path, "expected an object with " + names + Parsing.found(json));
    }
    for (Object key : members.keySet()) {
      if (!List.of(known).contains(String.valueOf(key))) {
        throw new MalformedConditionException(
            path + "." + key, "unknown member " + key + "; known: " + names);
      }
    }
    return members;
  }
}
