package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reasons noted so far while a component is decided, and the choice they led to.
 *
 * <p>Design note: visitors are many and the ways in which they are decided for are few. Nearly all
 * reasons are made when the plan is, so the way a deliberation went is a path of such reasons;
 * paths are remembered as a tree, and who is decided for alike shares one choice. Then deciding
 * makes no lists, and no texts. A reason made for one visitor leads aside: from there on nothing is
 * remembered. So it does once a component's tree is full.
 *
 * <p>Not thread-safe.
 */
final class Trace {
  private static final Trace[] NONE = {};

  private final @Nullable Trace before;
  private final @Nullable Reason reason;
  private final @Nullable Room room;
  private final int depth;
  private Trace[] next = NONE;
  private @Nullable Choice choice;

  /** How many more ways a component may remember. */
  private static final class Room {
    private int left;

    Room(int left) {
      this.left = left;
    }
  }

  private Trace(@Nullable Trace before, @Nullable Reason reason, @Nullable Room room) {
    this.before = before;
    this.reason = reason;
    this.room = room;
    this.depth = before == null ? 0 : before.depth + 1;
  }

  /**
   * The beginning, where nothing is noted.
   *
   * @param most how many ways to remember
   */
  static Trace beginning(int most) {
    return new Trace(null, null, new Room(most));
  }

  /**
   * With one reason more.
   *
   * @param shared made when the plan was, and the same object whenever it comes up
   */
  @SuppressWarnings("ReferenceEquality") // a shared reason is one object
  Trace then(Reason shared) {
    for (var known : next) {
      if (known.reason == shared) {
        return known;
      }
    }
    if (room == null || room.left == 0) {
      return aside(shared);
    }
    room.left--;
    var added = new Trace(this, shared, room);
    next = Arrays.copyOf(next, next.length + 1);
    next[next.length - 1] = added;
    return added;
  }

  /** With one reason more that was made for this visitor alone. */
  Trace aside(Reason own) {
    return new Trace(this, own, null);
  }

  /** The choice that all this leads to; what is chosen follows from the reasons. */
  Choice choice(String component, @Nullable String variant, String strategy, int step) {
    var known = choice;
    if (known == null) {
      known = new Choice(component, variant, strategy, reasons(), 1, 1, step);
      choice = known;
    }
    return known;
  }

  /** The choice where a variant was drawn by lot. */
  Choice choice(String component, String strategy, Shares.Outcome drawn) {
    var known = choice;
    if (known == null) {
      known =
          new Choice(
              component,
              drawn.variant().key(),
              strategy,
              reasons(),
              drawn.confidence(),
              drawn.propensity(),
              -1,
              drawn.draw(),
              List.of());
      choice = known;
    }
    return known;
  }

  /**
   * The choice by a model's scores, which is this visitor's alone.
   *
   * @param by the score it goes by
   * @param items what it lists
   */
  Choice choice(
      String component, String variant, String strategy, ScoredItem by, List<ScoredItem> items) {
    return new Choice(component, variant, strategy, reasons(), by.confidence(), 1, -1, null, items);
  }

  private List<Reason> reasons() {
    var reasons = new Reason[depth];
    for (var at = this; at.before != null && at.reason != null; at = at.before) {
      reasons[at.depth - 1] = at.reason;
    }
    return List.of(reasons);
  }
}
