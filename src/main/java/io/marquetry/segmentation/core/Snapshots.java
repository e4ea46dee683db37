package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Turning;
import java.util.ArrayList;
import java.util.List;

/** What is told of profiles to those who decide by them. */
final class Snapshots {
  private Snapshots() {}

  /** A profile as of now, also where time changed something that nobody has looked at yet. */
  static ProfileSnapshot of(Profile profile, SegmentEngine engine, long now) {
    return of(profile, engine, now, engine.foresight().now(profile, now), 0);
  }

  /**
   * A profile as its row shows it: with the memberships of its state, by which it is counted when
   * it is read again. Where time has changed them it is due, and looked at before it is told of.
   */
  static ProfileSnapshot kept(Profile profile, SegmentEngine engine, long now) {
    return of(profile, engine, now, profile.memberships, 0);
  }

  /** What time alone will make of a profile until a moment. */
  static List<Turning> turnings(Profile profile, SegmentEngine engine, long until) {
    var turnings = new ArrayList<Turning>(1);
    for (var turn : engine.foresight().until(profile, until)) {
      int newer = turnings.size() + 1;
      turnings.add(new Turning(turn.at(), of(profile, engine, turn.at(), turn.segments(), newer)));
    }
    return turnings;
  }

  private static ProfileSnapshot of(
      Profile profile, SegmentEngine engine, long at, Memberships segments, int newer) {
    return new ProfileSnapshot(
        profile.id,
        profile.site,
        profile.version + newer,
        profile.firstSeen,
        segments.keys(),
        engine.project(profile, at),
        profile.unit().equals(profile.id) ? null : profile.unit());
  }
}
