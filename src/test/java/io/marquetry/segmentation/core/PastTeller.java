package io.marquetry.segmentation.core;

import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.segmentation.core.JoinedLog.Split;
import java.util.ArrayList;
import java.util.List;

/** Tells both sides of a split what they did before. */
final class PastTeller {
  private static final int TOLD = 7;

  private final FilledWorld world;
  private final List<Telling> tellings = new ArrayList<>();

  PastTeller(FilledWorld world) {
    this.world = world;
  }

  /** What both sides of a split did before, on its way to them. */
  private static final class Telling {
    private final Split split;
    private long reached = -1;

    private Telling(Split split) {
      this.split = split;
    }
  }

  void tellOf(Split split) {
    tellings.add(new Telling(split));
  }

  /** One step; false where there is nothing to tell. */
  boolean step() {
    if (tellings.isEmpty()) {
      return false;
    }
    var telling = tellings.getFirst();
    if (telling.split.position() > world.reached()) {
      return false;
    }
    try {
      if (tell(telling)) {
        world.flush(false);
        tellings.remove(telling);
      }
    } catch (Refused e) {
      telling.reached = -1;
    }
    return true;
  }

  /** Whether that was all. */
  private boolean tell(Telling telling) {
    var split = telling.split;
    var log = world.log;
    boolean first = telling.reached < 0;
    long from = Math.max(0, telling.reached);
    long to = from + TOLD;
    boolean last = to >= split.position();
    for (var side : List.of(split.whole(), split.part())) {
      if (!log.isRenewed(side, split.position())) {
        var home = log.root(side, JoinedLog.NOW);
        var told = log.told(split, side, from, to);
        var rebuild = new Rebuild(split.position(), side, home, first, told, last);
        world.owner(home).renewals().rebuild(rebuild, world.moment());
      }
    }
    telling.reached = to;
    return last;
  }
}
