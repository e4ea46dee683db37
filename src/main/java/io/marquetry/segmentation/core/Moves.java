package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the history of one profile into another, between owners.
 *
 * <p>Design note: giver and taker store their halves at different times, and after a crash both are
 * asked again from the log. The giver keeps what it gave, frozen, and gives the same again; the
 * taker remembers whom it took over at which position and does nothing the second time. So
 * whichever half was stored, the history ends up in exactly one profile in use. What was given
 * stays in the store, so that the join can be taken back.
 */
final class Moves {
  private final Books books;
  private final Positions positions;
  private final Passes passes;

  Moves(Books books, Positions positions, Passes passes) {
    this.books = books;
    this.positions = positions;
    this.passes = passes;
  }

  Released release(Release release, @Nullable StoredProfile stored) {
    var frozen = books.table.frozen(release.from());
    if (frozen != null) {
      boolean same = release.into().equals(frozen.mergedInto);
      return new Released(same ? ProfileState.write(frozen) : null);
    }
    if (stored != null && stored.mergedInto() != null) {
      return new Released(release.into().equals(stored.mergedInto()) ? stored.state() : null);
    }
    var profile = books.table.toMove(release.from());
    if (profile == null
        || profile.position >= release.position()
        || positions.includes(release.from(), release.position())) {
      return new Released(null); // there was nothing to give at that position
    }
    passes.seal(profile);
    books.retire(profile, release.into());
    return new Released(ProfileState.write(profile));
  }

  /** The profile that took the history over; null where it had done so already. */
  @Nullable Profile adopt(Adopt adopt, SegmentEngine engine) {
    if (positions.includes(adopt.into(), adopt.position())) {
      return null;
    }
    var from = ProfileState.read(adopt.from(), adopt.state());
    var known = books.table.toMove(adopt.into());
    var into = known == null ? new Profile(adopt.into(), from.site) : known;
    if (into.position >= adopt.position() || into.hasTakenOver(adopt.from(), adopt.position())) {
      return null;
    }
    if (known == null) {
      books.table.hold(into);
      books.joined(List.of());
    }
    books.sizes.entered(engine.absorb(into, from));
    into.remember(adopt.from(), adopt.position());
    books.note(into, Change.FIELDS);
    return into;
  }
}
