package io.marquetry.condition;

/**
 * How a value stands to a constant; the vocabulary shared by comparisons of values, versions and
 * counts.
 */
public enum Relation {
  /** Equal. */
  EQ("eq"),
  /** Not equal. */
  NE("ne"),
  /** Less. */
  LT("lt"),
  /** Less or equal. */
  LTE("lte"),
  /** Greater. */
  GT("gt"),
  /** Greater or equal. */
  GTE("gte");

  private final String suffix;

  Relation(String suffix) {
    this.suffix = suffix;
  }

  /** The operator for values and counts: {@code $gte}. */
  public String operator() {
    return "$" + suffix;
  }

  /** The operator for version numbers: {@code $vgte}. */
  String versionOperator() {
    return "$v" + suffix;
  }

  /** Whether the relation holds given the sign of {@code compare(value, constant)}. */
  public boolean holds(int comparison) {
    return switch (this) {
      case EQ -> comparison == 0;
      case NE -> comparison != 0;
      case LT -> comparison < 0;
      case LTE -> comparison <= 0;
      case GT -> comparison > 0;
      case GTE -> comparison >= 0;
    };
  }

  /** The relation that holds exactly when this one does not. */
  public Relation opposite() {
    return switch (this) {
      case EQ -> NE;
      case NE -> EQ;
      case LT -> GTE;
      case LTE -> GT;
      case GT -> LTE;
      case GTE -> LT;
    };
  }
}
