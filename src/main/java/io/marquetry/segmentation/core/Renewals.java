package io.marquetry.segmentation.core;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SegmentationMessage.Reset;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has profiles begin anew, and gives them back what they did before.
 *
 * <p>Design note: a profile that is parted in two cannot be taken apart, since counts do not say
 * whose they are. So both halves begin anew at the position of the split and go on with what comes;
 * what came before is folded from the log, apart, and absorbed in one go, as the history of a
 * profile that is joined would be. A telling that breaks off is begun again; one that was absorbed
 * is remembered with the profile and not absorbed twice.
 *
 * <p>What is told is counted for every behaviour of the plan, also for those whose past a pass over
 * the log is just filling in: the pass leaves out what is told, and a plan that changes in the
 * middle has the telling begin again.
 */
public final class Renewals {
  /** Tellings at once; there is one for each side of a split. */
  private static final int MAX_OPEN = 16;

  private final Books books;
  private final Positions positions;
  private final Passes passes;
  private final ConsentView consents;
  private final Supplier<SegmentEngine> engine;

  /** What was told so far, by the profile that began anew. */
  private final Map<Id128, Telling> open = new HashMap<>();

  private long unreadable;

  /**
   * @param plan by which it is counted, all of it
   */
  private record Telling(long position, Profile history, String plan) {}

  Renewals(
      Books books,
      Positions positions,
      Passes passes,
      ConsentView consents,
      Supplier<SegmentEngine> engine) {
    this.books = books;
    this.positions = positions;
    this.passes = passes;
    this.consents = consents;
    this.engine = engine;
  }

  /**
   * A profile begins anew. Asked again, it changes nothing.
   *
   * @param stored the profile as it is in the store; null where it is in memory or nowhere
   */
  public void reset(Reset reset, @Nullable StoredProfile stored) {
    var id = reset.profile();
    var before = books.table.toMove(id);
    boolean after = before != null && before.position >= reset.position();
    if (after || positions.includes(id, reset.position())) {
      return;
    }
    var frozen = books.table.frozen(id);
    var fresh = new Profile(id, reset.site());
    fresh.begun = reset.position();
    fresh.position = reset.position();
    fresh.gaps.await(id, reset.position());
    fresh.version = Math.max(version(before), Math.max(version(frozen), version(stored))) + 1;
    books.renew(before, fresh);
  }

  private static long version(@Nullable Profile profile) {
    return profile == null ? 0 : profile.version + profile.foretold;
  }

  private static long version(@Nullable StoredProfile stored) {
    return stored == null || stored.state().isEmpty()
        ? 0
        : ProfileState.read(stored.profile(), stored.state()).version;
  }

  /**
   * Takes in some of what a profile did before.
   *
   * @throws Refused where it has not begun anew yet, or its history went elsewhere, and where it is
   *     to be told from the beginning
   */
  public void rebuild(Rebuild rebuild, Moment moment) {
    if (!consents.current(moment.monotonic())) {
      throw new Refused(Refused.Reason.UNAVAILABLE, "consent is not known at the moment");
    }
    var into = books.table.toMove(rebuild.into());
    boolean awaited = into != null && into.gaps.isAwaiting(rebuild.of(), rebuild.position());
    if (into == null || (!awaited && !isOver(rebuild, into))) {
      throw new Refused(
          Refused.Reason.CONFLICT, "the profile is not there, or has not begun anew yet");
    }
    if (!awaited) {
      open.remove(rebuild.of());
      return;
    }
    var history = telling(rebuild, into).history();
    rebuild.events().forEach(event -> fold(history, event, moment));
    if (rebuild.last()) {
      open.remove(rebuild.of());
      absorb(rebuild, into, history, moment);
    }
  }

  /** Whether it was told, or began anew once more. */
  private static boolean isOver(Rebuild rebuild, Profile into) {
    return into.hasTakenOver(rebuild.of(), rebuild.position())
        || (rebuild.of().equals(into.id) && into.begun > rebuild.position());
  }

  private Telling telling(Rebuild rebuild, Profile into) {
    var known = open.get(rebuild.of());
    if (rebuild.first()) {
      if (known == null && open.size() >= MAX_OPEN) {
        throw new Refused(Refused.Reason.OVERLOADED, "too many profiles are rebuilt at once");
      }
      var history = new Profile(rebuild.of(), into.site);
      var begun = new Telling(rebuild.position(), history, engine.get().plan().fingerprint());
      open.put(rebuild.of(), begun);
      return begun;
    }
    if (known == null || known.position() != rebuild.position()) {
      throw new Refused(Refused.Reason.CONFLICT, "the beginning is missing");
    }
    if (!known.plan().equals(engine.get().plan().fingerprint())) {
      throw new Refused(Refused.Reason.CONFLICT, "what is counted has changed: begin again");
    }
    return known;
  }

  /** As it was applied when it came: by the time of its arrival, if its visitor still allows it. */
  private void fold(Profile history, Resolved resolved, Moment moment) {
    var event = resolved.logged().event();
    var keys = new ArrayList<@Nullable Id128>(event.subject().keys());
    keys.add(history.id);
    var granted = consents.grant(event.site(), Purpose.ANALYTICS, keys, false, moment.monotonic());
    if (granted.isPresent() && Applying.isCounted(event)) {
      try {
        var unused = engine.get().apply(history, event, event.receivedAt());
        history.seen(resolved.profile(), event);
      } catch (RuntimeException e) {
        unreadable++; // as it was the first time, when it went to the dead letters
      }
    }
  }

  /** Events of the past that could not be applied, since the start. */
  public long unreadable() {
    return unreadable;
  }

  private void absorb(Rebuild rebuild, Profile into, Profile history, Moment moment) {
    passes.told(history, rebuild.of(), rebuild.position());
    books.sizes.entered(engine.get().absorb(into, history));
    into.gaps.told(rebuild.of(), rebuild.position());
    into.remember(rebuild.of(), rebuild.position());
    books.note(into, Change.FIELDS);
    var keys = List.<@Nullable Id128>of(into.id);
    consents
        .grant(into.site, Purpose.ANALYTICS, keys, false, moment.monotonic())
        .ifPresent(granted -> books.note(into, engine.get().align(into, moment.now())));
  }
}
