package io.marquetry.segmentation.core;

import io.marquetry.segmentation.core.computed.Computed;
import io.marquetry.segmentation.core.computed.SessionIntent;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields that somebody reads and that become others by time alone, without anything happening.
 *
 * <p>Design note: they move in steps of hours, for the intent of a visit of minutes, and only
 * profiles that have such values are looked at again. So whoever reads none of these fields pays
 * nothing, and whoever does gets the value of the moment: between two steps it is constant.
 *
 * @param attributes names below {@code attributes}
 * @param intent whether {@code session.intent} is read
 */
record Moving(Set<String> attributes, boolean intent) {

  static Moving of(Map<Root, SegmentPlan.Readers> readers) {
    var names = new TreeSet<String>();
    var attributes = readers.get(Root.ATTRIBUTES);
    if (attributes != null) {
      var read = attributes.whole().isEmpty() ? attributes.byName().keySet() : Computed.NAMES;
      read.stream().filter(Computed.NAMES::contains).forEach(names::add);
    }
    var session = readers.get(Root.SESSION);
    boolean intent =
        session != null
            && (!session.whole().isEmpty() || session.byName().containsKey(SessionIntent.NAME));
    return new Moving(Set.copyOf(names), intent);
  }

  /** When one of them moves next in this profile if nothing happens. */
  long next(Profile profile, long now) {
    long next = profile.computed.nextMove(attributes, now, profile.phase());
    var visit = profile.open;
    return visit == null || !intent ? next : Math.min(next, profile.intent(visit).nextMove(now));
  }

  /** All of them may have moved. */
  void tell(Touch touch) {
    for (var name : attributes) {
      touch.moved(Root.ATTRIBUTES, name);
    }
    if (intent) {
      touch.moved(Root.SESSION, SessionIntent.NAME);
    }
  }
}
