package io.marquetry.segmentation;

import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.Visits;
import java.util.ArrayList;
import java.util.List;

/** Page views as they come out of the log. */
final class LoggedPages {
  private LoggedPages() {}

  static Resolved visit(long position, Id128 profile) {
    return SegmentationRig.at(
        position, profile, Visits.page("/p" + position, System.currentTimeMillis()));
  }

  /** So many visitors with two page views each. */
  static List<Resolved> twice(int visitors) {
    var log = new ArrayList<Resolved>();
    for (int i = 1; i <= 2 * visitors; i++) {
      int visitor = (i + 1) / 2;
      log.add(visit(i, new Id128(visitor, visitor * 64L)));
    }
    return log;
  }
}
