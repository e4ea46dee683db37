package io.marquetry.condition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of the parser: the rules it goes by and the budget it has left.
 *
 * <p>Design note: the limits keep one condition from costing more than a bounded walk per test and
 * a bounded stack, so they hold in lenient parsing too; only faults of meaning become "never true"
 * there.
 */
final class Parsing {
  static final int MAX_NODES = 200;
  static final int MAX_DEPTH = 8;

  private final Map<String, List<Object>> groups;
  private final boolean lenient;
  private int nodes;

  Parsing(Map<String, List<Object>> groups, boolean lenient) {
    this.groups = groups;
    this.lenient = lenient;
  }

  boolean lenient() {
    return lenient;
  }

  Map<String, List<Object>> groups() {
    return groups;
  }

  /** Takes one operator or comparison from the budget. */
  void enter(String path, int depth) {
    if (++nodes > MAX_NODES) {
      throw new MalformedConditionException(
          path, "expected at most " + MAX_NODES + " operators in one condition");
    }
    checkDepth(path, depth);
  }

  static void checkDepth(String path, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedConditionException(
          path, "expected operators nested at most " + MAX_DEPTH + " deep");
    }
  }

  /** A fault in the test of a value: refused, or never true when lenient. */
  ValueTest fault(String path, String expectation) {
    if (lenient) {
      return new Combined.Never(expectation);
    }
    throw new MalformedConditionException(path, expectation);
  }

  /** A fault in a condition: refused, or never true when lenient. */
  Node nodeFault(String path, String expectation) {
    if (lenient) {
      return new Node.Never(expectation);
    }
    throw new MalformedConditionException(path, expectation);
  }

  static String found(@Nullable Object value) {
    return ", found " + Loose.typeName(value);
  }
}
