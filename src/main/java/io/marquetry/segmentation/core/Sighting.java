package io.marquetry.segmentation.core;

import io.marquetry.condition.FieldPath;
import org.jspecify.annotations.Nullable;

/** What a behaviour takes from an event that concerns it. */
interface Sighting {
  /** When it happened, milliseconds since the epoch. */
  long at();

  /** The value of a field of the event; null where there is none. */
  @Nullable Object value(FieldPath path);
}
