package io.marquetry.condition;

/** A condition that cannot be accepted; says where the fault is and what is expected there. */
public final class MalformedConditionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String path;

  MalformedConditionException(String path, String expectation) {
    super(path + ": " + expectation);
    this.path = path;
  }

  /**
   * Where the fault is: keys and list positions from the root {@code $}, as in {@code
   * $.$and[1].traits.age.$gt}.
   */
  public String path() {
    return path;
  }
}
