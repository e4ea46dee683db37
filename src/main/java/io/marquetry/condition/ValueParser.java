package io.marquetry.condition;

import io.marquetry.condition.NodeParser.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what is asked of one value: a bare constant, or an object of operators. */
final class ValueParser {
  private static final String KNOWN =
      "$eq, $ne, $lt, $lte, $gt, $gte, $in, $nin, $ini, $nini, $inGroup, $notInGroup, $all, $alli, $elemMatch, $size, "
          + "$exists, $type, $regex, $regexi, $not, $veq, $vne, $vlt, $vlte, $vgt, $vgte";
  private static final Set<String> TYPES =
      Set.of("null", "string", "number", "boolean", "array", "object");

  private final Parsing parsing;

  ValueParser(Parsing parsing) {
    this.parsing = parsing;
  }

  /**
   * The test that stands at {@code path}; bare constants and operators there are {@code depth}
   * operators deep.
   */
  ValueTest parse(@Nullable Object json, String path, int depth) {
    if (json instanceof Map<?, ?> map && isOperators(map)) {
      return operators(map, path, depth);
    }
    if (json instanceof Map<?, ?> map && mixes(map) && !parsing.lenient()) {
      return parsing.fault(path, "expected either operators only or plain keys only");
    }
    parsing.enter(path, depth);
    return bare(json, path, depth);
  }

  private static boolean isOperators(Map<?, ?> map) {
    return !map.isEmpty()
        && map.keySet().stream().allMatch(key -> String.valueOf(key).startsWith("$"));
  }

  private static boolean mixes(Map<?, ?> map) {
    return map.keySet().stream().anyMatch(key -> String.valueOf(key).startsWith("$"));
  }

  private ValueTest bare(@Nullable Object constant, String path, int depth) {
    return switch (constant) {
      case null -> new Equality.Missing();
      case String text -> new Equality.TextIs(text);
      case Number number -> new Equality.NumberIs(number);
      case Boolean truth -> new Equality.TruthIs(truth);
      case List<?> list -> structure(list, path, depth);
      case Map<?, ?> map -> structure(map, path, depth);
      default ->
          parsing.fault(
              path, "expected a JSON value, found " + constant.getClass().getSimpleName());
    };
  }

  private static ValueTest structure(Object constant, String path, int depth) {
    checkNesting(constant, path, depth);
    return new Equality.StructureIs(constant);
  }

  private static void checkNesting(@Nullable Object constant, String path, int depth) {
    Parsing.checkDepth(path, depth);
    if (constant instanceof List<?> list) {
      list.forEach(element -> checkNesting(element, path, depth + 1));
    } else if (constant instanceof Map<?, ?> map) {
      map.values().forEach(element -> checkNesting(element, path, depth + 1));
    }
  }

  private ValueTest operators(Map<?, ?> map, String path, int depth) {
    List<ValueTest> parts = new ArrayList<>(map.size());
    map.forEach(
        (key, value) -> parts.add(operator(String.valueOf(key), value, path + "." + key, depth)));
    return parts.size() == 1 ? parts.getFirst() : new Combined.AllOf(List.copyOf(parts));
  }

  private ValueTest operator(String name, @Nullable Object value, String path, int depth) {
    parsing.enter(path, depth);
    return switch (name) {
      case "$eq" -> strictly(value, path);
      case "$ne" -> new Combined.Inverted(strictly(value, path));
      case "$lt" -> compares(Relation.LT, value, path);
      case "$lte" -> compares(Relation.LTE, value, path);
      case "$gt" -> compares(Relation.GT, value, path);
      case "$gte" -> compares(Relation.GTE, value, path);
      case "$veq" -> version(Relation.EQ, value, path);
      case "$vne" -> version(Relation.NE, value, path);
      case "$vlt" -> version(Relation.LT, value, path);
      case "$vlte" -> version(Relation.LTE, value, path);
      case "$vgt" -> version(Relation.GT, value, path);
      case "$vgte" -> version(Relation.GTE, value, path);
      case "$in" -> oneOf(value, false, false, path);
      case "$nin" -> oneOf(value, false, true, path);
      case "$ini" -> oneOf(value, true, false, path);
      case "$nini" -> oneOf(value, true, true, path);
      case "$inGroup" -> group(value, path);
      case "$notInGroup" -> new Combined.Inverted(group(value, path));
      case "$all" -> all(value, false, path, depth);
      case "$alli" -> all(value, true, path, depth);
      case "$elemMatch" -> element(value, path, depth);
      case "$size" -> size(value, path, depth);
      case "$exists" -> exists(value, path);
      case "$type" -> type(value, path);
      case "$regex" -> pattern(value, false, path);
      case "$regexi" -> pattern(value, true, path);
      case "$not" -> new Combined.Inverted(parse(value, path, depth + 1));
      default -> parsing.fault(path, "unknown operator " + name + "; known: " + KNOWN);
    };
  }

  private static boolean isScalar(@Nullable Object value) {
    return value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean;
  }

  private ValueTest strictly(@Nullable Object value, String path) {
    return isScalar(value)
        ? new Equality.Strictly(value)
        : parsing.fault(
            path,
            "expected a text, number, truth value or null; a list or object is compared bare, without operator");
  }

  private ValueTest compares(Relation relation, @Nullable Object value, String path) {
    return value instanceof String || value instanceof Number || parsing.lenient()
        ? Ordering.Compares.with(relation, value)
        : parsing.fault(path, "expected a number or a text" + Parsing.found(value));
  }

  private ValueTest version(Relation relation, @Nullable Object value, String path) {
    return value instanceof String || value instanceof Number || parsing.lenient()
        ? new Ordering.ComparesVersion(relation, Loose.text(value), VersionText.sortable(value))
        : parsing.fault(path, "expected a version such as \"1.2.3\"" + Parsing.found(value));
  }

  private ValueTest oneOf(@Nullable Object value, boolean folded, boolean inverted, String path) {
    if (!(value instanceof List<?> list)) {
      return parsing.fault(path, "expected a list of values" + Parsing.found(value));
    }
    for (int i = 0; i < list.size() && !parsing.lenient(); i++) {
      if (!isScalar(list.get(i))) {
        return parsing.fault(path + "[" + i + "]", "expected a text, number, truth value or null");
      }
    }
    ValueTest among = Membership.OneOf.of(list, folded, null);
    return inverted ? new Combined.Inverted(among) : among;
  }

  private ValueTest group(@Nullable Object value, String path) {
    List<Object> members = value instanceof String key ? parsing.groups().get(key) : null;
    if (members == null && !parsing.lenient()) {
      String known = String.join(", ", parsing.groups().keySet());
      return parsing.fault(
          path, "expected a known group; known: " + (known.isEmpty() ? "none" : known));
    }
    return Membership.OneOf.of(members == null ? List.of() : members, false, Loose.text(value));
  }

  private ValueTest all(@Nullable Object value, boolean folded, String path, int depth) {
    if (!(value instanceof List<?> list)) {
      return parsing.fault(path, "expected a list of values" + Parsing.found(value));
    }
    List<ValueTest> wanted = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      ValueTest one = parse(list.get(i), path + "[" + i + "]", depth + 1);
      wanted.add(
          folded && one instanceof Equality.TextIs(String text)
              ? Equality.FoldedTextIs.of(text)
              : one);
    }
    return new Membership.HasAll(List.copyOf(wanted));
  }

  private ValueTest element(@Nullable Object value, String path, int depth) {
    if (!(value instanceof Map<?, ?> map)) {
      return parsing.fault(
          path,
          "expected operators or a condition on the fields of an element" + Parsing.found(value));
    }
    return isOperators(map) && !isLogical(map)
        ? new Membership.HasElement(parse(map, path, depth + 1))
        : new Membership.HasElementWhere(
            new NodeParser(parsing, Scope.ELEMENT).parse(map, path, depth + 1));
  }

  /**
   * {@code $or} and its kin take conditions, so an object that holds one cannot be about the bare
   * element.
   */
  private static boolean isLogical(Map<?, ?> map) {
    return map.containsKey("$and") || map.containsKey("$or") || map.containsKey("$nor");
  }

  private ValueTest size(@Nullable Object value, String path, int depth) {
    boolean readable =
        value instanceof Number || (value instanceof Map<?, ?> map && isOperators(map));
    return readable || parsing.lenient()
        ? new Shape.HasSize(parse(value, path, depth + 1))
        : parsing.fault(path, "expected a number or operators on it" + Parsing.found(value));
  }

  private ValueTest exists(@Nullable Object value, String path) {
    return value instanceof Boolean || parsing.lenient()
        ? new Shape.Exists(Loose.truthy(value))
        : parsing.fault(path, "expected true or false" + Parsing.found(value));
  }

  private ValueTest type(@Nullable Object value, String path) {
    return value instanceof String name && TYPES.contains(name)
        ? new Shape.IsType(name)
        : parsing.fault(path, "expected one of null, string, number, boolean, array, object");
  }

  private ValueTest pattern(@Nullable Object value, boolean folded, String path) {
    if (!(value instanceof String pattern)) {
      return parsing.fault(path, "expected a regular expression as text" + Parsing.found(value));
    }
    if (pattern.length() > TextPattern.MAX_LENGTH) {
      throw new MalformedConditionException(
          path,
          "expected a regular expression of at most " + TextPattern.MAX_LENGTH + " characters");
    }
    if (PatternSize.of(pattern) > TextPattern.MAX_STATES) {
      throw new MalformedConditionException(
          path,
          "expected a regular expression whose repetitions unroll to at most "
              + TextPattern.MAX_STATES
              + " states");
    }
    try {
      return new Shape.Matches(TextPattern.of(pattern, folded));
    } catch (IllegalArgumentException e) {
      return parsing.fault(
          path, "expected a regular expression that RE2 can read: " + e.getMessage());
    }
  }
}
