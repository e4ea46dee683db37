package io.marquetry.condition;

import org.jspecify.annotations.Nullable;

/**
 * What a condition may ask about one visitor, or about one event when it stands in {@code where}.
 *
 * <p>A view answers for one moment: the owner of the profile decides what now is. Values are plain
 * JSON values (null, Boolean, Number, String, List, Map). Implementations need not be thread-safe;
 * conditions call them on the caller's thread and keep no reference.
 */
public interface ProfileView {
  /** The value of a field; null when it is unknown. Never throws for an unknown field. */
  @Nullable Object field(FieldPath path);

  /** Whether the visitor is now a member of the segment; false for an unknown segment. */
  boolean inSegment(String key);

  /** Whether the behavioural leaf holds for the visitor now. */
  boolean behaved(Behaviour behaviour);
}
