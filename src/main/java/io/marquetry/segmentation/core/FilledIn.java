package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a profile's history has been filled in by a pass, by the profile that an event was
 * applied to at its time: this one, or one that went up in it.
 *
 * <p>Delivered again, events at or below it are passed over. A handful of entries at most, and only
 * until nothing can bring the pass back.
 */
final class FilledIn {
  private final int pass;
  private final Map<Id128, Long> through = new LinkedHashMap<>(2);

  FilledIn(int pass) {
    this.pass = pass;
  }

  int pass() {
    return pass;
  }

  /** Null where nothing was noted. */
  @Nullable Long through(Id128 origin) {
    return through.get(origin);
  }

  void reached(Id128 origin, long position) {
    through.merge(origin, position, Math::max);
  }

  /** Notes a position where nothing was noted. */
  void atLeast(Id128 origin, long position) {
    through.putIfAbsent(origin, position);
  }

  Map<Id128, Long> all() {
    return through;
  }
}
