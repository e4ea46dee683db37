package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.ProfilesTurning;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps profiles true while plans change and time goes on, and tells what became of them. */
final class Upkeep {
  /** How long a profile waits whose time has come but whose visitor forbids working on it. */
  private static final long DENIED_MILLIS = 60_000;

  private final Books books;
  private final Permission permission;
  private final Supplier<SegmentEngine> engine;

  Upkeep(Books books, Permission permission, Supplier<SegmentEngine> engine) {
    this.books = books;
    this.permission = permission;
    this.engine = engine;
  }

  @Nullable ProfilesChanged takeChanges(long now) {
    if (!books.isAnythingToTell()) {
      return null;
    }
    var snapshots = new ArrayList<ProfileSnapshot>();
    for (var profile : books.takeChanged()) {
      snapshots.add(Snapshots.of(profile, engine.get(), now));
      foresee(profile, now);
    }
    return new ProfilesChanged(snapshots, books.takeGone());
  }

  private void foresee(Profile profile, long now) {
    if (profile.due <= now + DueQueue.LEAD && profile.due != profile.foreseen) {
      var turnings = Snapshots.turnings(profile, engine.get(), now + DueQueue.LEAD);
      books.turning(turnings);
      profile.foretold = turnings.size();
      profile.foreseen = profile.due;
      books.due.schedule(profile);
    }
  }

  @Nullable ProfilesTurning takeTurnings() {
    var turnings = books.takeTurning();
    return turnings.isEmpty() ? null : new ProfilesTurning(turnings);
  }

  void realign(Id128 id, boolean tell, Moment moment) {
    var seen = books.table.peek(id);
    if (seen == null) {
      return;
    }
    var profile = open(seen, moment);
    if (profile == null) {
      seen.due = moment.now(); // once it may be worked on
      books.due.schedule(seen, moment.now() + DENIED_MILLIS);
      return;
    }
    var change = engine.get().align(profile, moment.now());
    if (tell || !change.isNone()) {
      books.note(profile, change.isNone() ? Change.FIELDS : change);
    } else {
      books.due.schedule(profile);
    }
  }

  boolean expire(Moment moment, int limit) {
    if (!permission.isKnown(moment)) {
      return false;
    }
    for (int i = 0; i < limit; i++) {
      var ripe = books.due.poll(moment.now());
      if (ripe == null) {
        return false;
      }
      var profile = open(ripe, moment);
      if (profile == null) {
        books.due.schedule(ripe, moment.now() + DENIED_MILLIS);
      } else if (profile.due > moment.now() && !profile.asleep) {
        foresee(profile, moment.now());
      } else {
        books.note(profile, engine.get().expire(profile, moment.now()));
      }
    }
    return books.due.next() <= moment.now();
  }

  private @Nullable Profile open(Profile seen, Moment moment) {
    var grant = permission.grant(seen.site, List.of(seen.id), moment);
    return grant == null ? null : books.table.open(grant, seen.id);
  }
}
