package io.marquetry.segmentation.core;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.Past;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what happened before a behaviour was counted: folds events of the log into profiles that
 * have applied them already, for the behaviours of one pass alone.
 *
 * <p>Memberships stay as they are meanwhile: half a past is worse than none. Visitors who forbid it
 * are passed over.
 */
final class Filler {
  private final Books books;
  private final ProfileTable table;
  private final Positions positions;
  private final Passes passes;
  private final ConsentView consents;

  Filler(Books books, Positions positions, Passes passes, ConsentView consents) {
    this.books = books;
    this.table = books.table;
    this.positions = positions;
    this.passes = passes;
    this.consents = consents;
  }

  /** Those of the profiles concerned that may be in the store and are not in memory. */
  Set<Id128> missing(Fill page) {
    var missing = new TreeSet<Id128>();
    for (var past : page.events()) {
      if (!table.isComplete() && !table.has(past.holder())) {
        missing.add(past.holder());
      }
    }
    return missing;
  }

  /**
   * Folds in one page.
   *
   * @return the positions of events that cannot be folded in yet: their profile is just moving, or
   *     they have not been applied again after a crash
   */
  List<Long> fill(SegmentEngine engine, Fill page, Moment moment) {
    var later = new ArrayList<Long>();
    for (var past : page.events()) {
      long position = past.logged().position();
      if (table.gone(past.holder()) != null || !positions.includes(past.holder(), position)) {
        later.add(position);
        continue;
      }
      var grant = Applying.isCounted(past.logged().event()) ? grant(past, moment) : null;
      var profile = grant == null ? null : table.open(grant, past.holder());
      if (profile != null && profile.begun > page.asOf()) {
        later.add(position); // parted in two since somebody said whose this is
      } else if (profile != null) {
        fill(engine, page.pass(), profile, past, moment.now());
      }
    }
    if (later.isEmpty()) {
      passes.reached(page.pass(), page.through());
    }
    return later;
  }

  private @Nullable Grant grant(Past past, Moment moment) {
    var event = past.logged().event();
    var keys = new ArrayList<@Nullable Id128>(event.subject().keys());
    keys.add(past.holder());
    return consents
        .grant(event.site(), Purpose.ANALYTICS, keys, false, moment.monotonic())
        .orElse(null);
  }

  private void fill(SegmentEngine engine, int pass, Profile profile, Past past, long now) {
    long position = past.logged().position();
    if (profile.gaps.awaits(past.origin(), position)
        || passes.includes(pass, profile, past.origin(), position)) {
      return;
    }
    books.note(profile, engine.align(profile, now));
    try {
      if (engine.fill(profile, past.logged().event(), pass)) {
        profile.gaps.filled(pass).reached(past.origin(), position);
        table.changed(profile);
      }
    } catch (RuntimeException e) {
      // It could not be applied either, and was set apart then.
    }
  }
}
