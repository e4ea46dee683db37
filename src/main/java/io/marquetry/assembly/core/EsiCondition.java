package io.marquetry.assembly.core;

/**
 * The test of {@code <esi:when>}: comparisons of variables, quoted texts and numbers, joined by
 * {@code & | !} and parentheses. A test that cannot be read does not hold.
 */
final class EsiCondition {
  private static final int DEEPEST = 16;

  private final String test;
  private final EsiVariables variables;
  private int at;
  private int depth;

  private EsiCondition(String test, EsiVariables variables) {
    this.test = test;
    this.variables = variables;
  }

  static boolean holds(String test, EsiVariables variables) {
    var reading = new EsiCondition(test, variables);
    try {
      boolean holds = reading.either();
      reading.space();
      return holds && reading.at == test.length();
    } catch (Unreadable e) {
      return false;
    }
  }

  /** The test is not one. */
  private static final class Unreadable extends RuntimeException {
    Unreadable() {
      super("not a test", null, false, false);
    }
  }

  private boolean either() {
    boolean holds = both();
    while (taken("|")) {
      holds |= both();
    }
    return holds;
  }

  private boolean both() {
    boolean holds = one();
    while (taken("&")) {
      holds &= one();
    }
    return holds;
  }

  private boolean one() {
    if (++depth > DEEPEST) {
      throw new Unreadable();
    }
    space();
    boolean holds;
    if (!test.startsWith("!=", at) && taken("!")) {
      holds = !one();
    } else if (taken("(")) {
      holds = either();
      if (!taken(")")) {
        throw new Unreadable();
      }
    } else {
      holds = comparison();
    }
    depth--;
    return holds;
  }

  private boolean comparison() {
    var left = operand();
    for (var operator : new String[] {"==", "!=", "<=", ">=", "<", ">"}) {
      if (taken(operator)) {
        int order = compare(left, operand());
        return switch (operator) {
          case "==" -> order == 0;
          case "!=" -> order != 0;
          case "<=" -> order <= 0;
          case ">=" -> order >= 0;
          case "<" -> order < 0;
          default -> order > 0;
        };
      }
    }
    return !left.isEmpty() && !left.equals("false");
  }

  private static int compare(String left, String right) {
    try {
      return Double.compare(Double.parseDouble(left), Double.parseDouble(right));
    } catch (NumberFormatException e) {
      return left.compareTo(right);
    }
  }

  private String operand() {
    space();
    if (taken("$(")) {
      return variables.value(until(')'));
    }
    if (taken("'")) {
      return until('\'');
    }
    int start = at;
    while (at < test.length() && isPlain(test.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw new Unreadable();
    }
    return test.substring(start, at);
  }

  private String until(char end) {
    int to = test.indexOf(end, at);
    if (to < 0) {
      throw new Unreadable();
    }
    var text = test.substring(at, to);
    at = to + 1;
    return text;
  }

  private static boolean isPlain(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
  }

  private boolean taken(String what) {
    space();
    boolean there = test.startsWith(what, at);
    at += there ? what.length() : 0;
    return there;
  }

  private void space() {
    while (at < test.length() && test.charAt(at) == ' ') {
      at++;
    }
  }
}
