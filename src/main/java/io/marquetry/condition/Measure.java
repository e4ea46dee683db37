package io.marquetry.condition;

/** What is asked of the events of one kind within a window, taken together. */
public sealed interface Measure permits Count, Sum, Distinct {
  /**
   * Appends its member, with {@code event} among the members in the order of their names.
   *
   * @param event the member that says of which events
   */
  void canonical(StringBuilder out, String event);
}
