package io.marquetry.segmentation.core;

import io.marquetry.condition.Age;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When something happened first, or last. 8 bytes, and exact. */
final class EdgeTime extends Trail {
  private final boolean first;
  private long at;

  EdgeTime(boolean first, long at) {
    this.first = first;
    this.at = at;
  }

  static EdgeTime of(boolean first, List<Object> json) {
    return new EdgeTime(first, ((Number) json.get(1)).longValue());
  }

  void add(long time) {
    at = first ? Math.min(at, time) : Math.max(at, time);
  }

  boolean holds(long now, Age age) {
    return age.test(now - at);
  }

  /** The moment after now at which the answer changes, if nothing more happens. */
  long flip(long now, Age age) {
    boolean holds = holds(now, age);
    long flip = NEVER;
    for (var bound : age.bounds()) {
      long turn = at + bound.turn();
      if (turn > now && turn < flip && holds(turn, age) != holds) {
        flip = turn;
      }
    }
    return flip;
  }

  @Override
  void absorb(Trail other, @Nullable Tracked tracked) {
    if (other instanceof EdgeTime edge) {
      add(edge.at);
    }
  }

  @Override
  List<Object> toJson() {
    return List.of(first ? "first" : "last", at);
  }
}
