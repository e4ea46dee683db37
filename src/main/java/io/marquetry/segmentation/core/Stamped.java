package io.marquetry.segmentation.core;

import org.jspecify.annotations.Nullable;

/**
 * A value and the event that said so.
 *
 * @param value plain JSON value; null says that it was taken back
 */
record Stamped(Stamp stamp, @Nullable Object value) {
  /** The one said later. */
  static Stamped later(@Nullable Stamped one, Stamped other) {
    return one == null || other.stamp.compareTo(one.stamp) > 0 ? other : one;
  }
}
