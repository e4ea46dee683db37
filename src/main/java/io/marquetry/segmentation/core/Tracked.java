package io.marquetry.segmentation.core;

import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Condition;
import io.marquetry.condition.Count;
import io.marquetry.condition.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A behaviour that profiles count, and the segments whose answer may hang on it.
 *
 * @param length of the sliding window in milliseconds; 0 for the other windows
 * @param rules places of the segments in the plan
 */
record Tracked(
    String id,
    String event,
    @Nullable Condition where,
    Window window,
    long length,
    Count count,
    List<Integer> rules) {
  static Tracked of(Behaviour behaviour, List<Integer> rules) {
    return switch (behaviour) {
      case Behaviour.Did did ->
          new Tracked(
              did.id().intern(),
              did.event(),
              did.where(),
              did.window(),
              did.window() instanceof Window.Sliding sliding ? sliding.length().toMillis() : 0,
              did.count(),
              List.copyOf(rules));
    };
  }

  int horizon() {
    return count.horizon();
  }
}
