package io.marquetry.condition;

import org.jspecify.annotations.Nullable;

/**
 * A kind of event that a behaviour looks for.
 *
 * @param event the name of a {@code track} event, otherwise the type ({@code page}, {@code
 *     identify})
 * @param where a condition on each single event; null when every such event counts
 */
public record Happening(String event, @Nullable Condition where) {
  private static final FieldPath TYPE = FieldPath.of("type");
  private static final FieldPath NAME = FieldPath.of("event");

  /**
   * Whether one event, seen through its fields ({@code type}, {@code event}, {@code properties.*},
   * …), is of the kind.
   */
  public boolean matches(ProfileView view) {
    Object type = view.field(TYPE);
    Object name = "track".equals(type) ? view.field(NAME) : type;
    return event.equals(name) && (where == null || where.test(view));
  }

  /** Appends the members {@code event} and {@code where} in their normal form. */
  void canonical(StringBuilder out) {
    out.append("\"event\":");
    Canonical.write(out, event);
    if (where != null) {
      out.append(",\"where\":").append(where.canonical());
    }
  }
}
