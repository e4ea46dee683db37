package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.Poisoned;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies single events to the profiles they are for, where the visitors allow it. */
final class Applying {
  private final Books books;
  private final ProfileTable table;
  private final ConsentView consents;

  Applying(Books books, ConsentView consents) {
    this.books = books;
    this.table = books.table;
    this.consents = consents;
  }

  void apply(SegmentEngine engine, Resolved resolved, Moment moment, Tally tally) {
    var event = resolved.logged().event();
    if (!isCounted(event)) {
      return;
    }
    var keys = new ArrayList<@Nullable Id128>(event.subject().keys());
    keys.add(resolved.profile());
    var grant = consents.grant(event.site(), Purpose.ANALYTICS, keys, false, moment.monotonic());
    if (grant.isEmpty()) {
      tally.refused++;
      return;
    }
    try {
      apply(engine, grant.get(), resolved, moment.now());
      tally.applied++;
    } catch (RuntimeException e) {
      tally.poisoned.add(new Poisoned(resolved.logged().position(), detail(e)));
    }
  }

  /** Neither what a machine did nor an order of somebody in charge is a visitor's doing. */
  static boolean isCounted(Event event) {
    return !event.is("bot") && !event.is("order");
  }

  private void apply(SegmentEngine engine, Grant grant, Resolved resolved, long now) {
    var id = resolved.profile();
    var event = resolved.logged().event();
    long position = resolved.logged().position();
    var known = table.open(grant, id);
    if (known == null) {
      var gone = table.gone(id);
      if (gone != null) {
        throw new IllegalStateException("the profile went up in " + gone.into());
      }
      var created = new Profile(id, event.site());
      created.isRemembered = books.panel.has(id);
      var change = engine.apply(created, event, position, now);
      created.seen(id, event);
      created.position = position;
      table.create(grant, created);
      books.joined(List.of());
      books.note(created, change);
    } else {
      books.note(known, engine.align(known, now));
      known.isRemembered = books.panel.has(id);
      var change = engine.apply(known, event, position, now);
      known.seen(id, event);
      known.position = position;
      books.note(known, change);
    }
  }

  private static String detail(RuntimeException e) {
    var text = e.toString();
    return text.length() <= 200 ? text : text.substring(0, 200);
  }
}
