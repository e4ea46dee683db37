package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.condition.Condition;
import io.marquetry.condition.MalformedConditionException;
import io.marquetry.condition.SegmentGraph;
import java.util.HashMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The conditions inside definitions.
 *
 * <p>A segment that a condition names must be defined: a reference to nothing would silently never
 * hold. So segments are put in the order in which they build on each other, and one that others
 * build on cannot be deleted.
 */
final class Conditions {
  private Conditions() {}

  /** Checks the condition in a field, if there is one there. */
  static void check(Definitions all, Body body, String field) {
    var json = body.optionalObject(field);
    if (json != null) {
      requireSegments(all, body.path(field), parse(body.path(field), json));
    }
  }

  /** Checks a segment's own condition, against all other segments. */
  static void checkSegment(Definitions all, String key, Body body) {
    var condition = parse("condition", body.object("condition"));
    var segments = new HashMap<String, Condition>();
    for (var other : all.all(Kind.SEGMENT)) {
      segments.put(other.key(), parse("condition", other.body().get("condition")));
    }
    segments.put(key, condition);
    try {
      var unknown = SegmentGraph.of(segments).unknown().get(key);
      if (unknown != null) {
        throw unknown("condition", unknown);
      }
    } catch (MalformedConditionException e) {
      throw Body.wrong("condition", text(e));
    }
  }

  /** Whether a definition has a condition that asks for a segment. */
  static boolean names(Definition definition, String segment) {
    var field = definition.kind() == Kind.SEGMENT ? "condition" : "when";
    var json = definition.body().get(field);
    return json != null && parse(field, json).segments().contains(segment);
  }

  private static void requireSegments(Definitions all, String field, Condition condition) {
    var unknown = new TreeSet<>(condition.segments());
    unknown.removeIf(segment -> all.has(Kind.SEGMENT, segment));
    if (!unknown.isEmpty()) {
      throw unknown(field, unknown);
    }
  }

  private static RuntimeException unknown(String field, Set<String> segments) {
    return Body.wrong(field, "names segments that are not defined: " + String.join(", ", segments));
  }

  private static Condition parse(String field, @Nullable Object json) {
    try {
      return Condition.parse(json);
    } catch (MalformedConditionException e) {
      throw Body.wrong(field + e.path().substring(Math.min(1, e.path().length())), text(e));
    }
  }

  /** What is wrong, without the path that the message begins with. */
  private static String text(MalformedConditionException e) {
    var message = String.valueOf(e.getMessage());
    return message.startsWith(e.path() + ": ") ? message.substring(e.path().length() + 2) : message;
  }
}
