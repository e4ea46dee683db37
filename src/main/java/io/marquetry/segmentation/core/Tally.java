package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Poisoned;
import java.util.ArrayList;
import java.util.List;

/** What became of the events of one batch. */
final class Tally {
  int applied;
  int passed;
  int refused;
  final List<Poisoned> poisoned = new ArrayList<>();

  Applied result() {
    return new Applied(applied, passed, refused, poisoned);
  }
}
