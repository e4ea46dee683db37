package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The profiles that changed up to one moment and the log positions of that moment.
 *
 * <p>Design note: turning many profiles into rows takes longer than an event loop may be kept, so
 * it is done in pieces, between which profiles go on changing. That is harmless, because each row
 * says up to which position of the log it has taken events in: delivered again, events at or below
 * it are passed over for that profile. The positions of the cut may be stored once every profile in
 * it is, in whatever later state.
 */
public final class Cut {
  private final List<Profile> profiles;
  private final Map<Integer, Long> positions;
  private final List<Passes.Row> definitions;
  private final List<Passes.Row> progress;
  private int next;

  /**
   * One profile as it is stored.
   *
   * @param position of the newest event in its state
   * @param due when time alone changes a membership, milliseconds since the epoch; {@link
   *     Long#MAX_VALUE} for never
   * @param mergedInto the profile this one went up in
   * @param shown what decisions are told of it
   * @param shownBy the plan by which that is right, 0 where it is not brought up to the current one
   */
  public record Row(
      Id128 profile,
      String site,
      long position,
      long due,
      @Nullable Id128 mergedInto,
      Map<String, Object> state,
      ProfileSnapshot shown,
      long shownBy) {}

  Cut(List<Profile> profiles, Map<Integer, Long> positions, Passes passes) {
    this.profiles = profiles;
    this.positions = Map.copyOf(positions);
    this.definitions = passes.definitions();
    this.progress = passes.progress();
  }

  /** Since when behaviours are counted; to be stored before the profiles. */
  public List<Passes.Row> definitions() {
    return definitions;
  }

  /** How far their past is filled in; to be stored after the profiles. */
  public List<Passes.Row> progress() {
    return progress;
  }

  /**
   * The next rows; empty when all were given out.
   *
   * @param plan that is effective now
   */
  List<Row> rows(int limit, SegmentPlan plan, Function<Profile, ProfileSnapshot> show) {
    int end = Math.min(profiles.size(), next + limit);
    var rows = new ArrayList<Row>(end - next);
    for (; next < end; next++) {
      var profile = profiles.get(next);
      profile.dirty = false;
      profile.unsaved = true;
      rows.add(
          new Row(
              profile.id,
              profile.site,
              profile.position,
              profile.due,
              profile.mergedInto,
              ProfileState.write(profile),
              show.apply(profile),
              profile.plan.equals(plan.fingerprint()) ? plan.shownBy() : 0));
    }
    return rows;
  }

  /** The newest position of the log that is in the profiles, by shard. */
  public Map<Integer, Long> positions() {
    return positions;
  }

  /** How many profiles it holds. */
  public int size() {
    return profiles.size();
  }

  List<Profile> profiles() {
    return profiles;
  }
}
