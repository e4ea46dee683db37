package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.Passes;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where profiles are kept, with how far in the log their states have come. */
interface ProfileStore {
  /**
   * One profile, made ready to be stored.
   *
   * @param due when time alone may change its memberships, {@link Long#MAX_VALUE} for never
   * @param mergedInto the profile it went up in
   * @param state as UTF-8 JSON
   * @param shown what decisions are told of it
   */
  record Line(
      Id128 profile,
      String site,
      int shard,
      long position,
      long due,
      @Nullable Id128 mergedInto,
      Buffer state,
      Shown shown) {}

  /**
   * What decisions are told of a profile; it stands beside the state, so that a restart needs not
   * read all of that.
   *
   * @param by the plan by which it is right, see {@link
   *     io.marquetry.segmentation.core.SegmentPlan#shownBy}
   * @param since first seen, milliseconds since the epoch
   * @param segments keys with spaces between
   * @param fields as UTF-8 JSON
   */
  record Shown(long by, long version, long since, String segments, Buffer fields) {}

  /**
   * A profile as it is listed.
   *
   * @param current whether what is shown is right now, by the plan and at the moment that were
   *     asked for
   */
  record Listed(Id128 profile, String site, boolean current, Shown shown) {}

  /** The positions stored, by shard. */
  Future<Map<Integer, Long>> checkpoint();

  /** Since when behaviours are counted in some shards. */
  Future<List<Passes.Row>> passes(List<Integer> shards);

  /** Stores since when behaviours are counted; rows without behaviours are forgotten. */
  Future<Void> savePasses(List<Passes.Row> rows);

  /** How many profiles of some shards are in exactly which segments, as they are shown. */
  Future<Map<String, Long>> sizes(List<Integer> shards);

  /**
   * Lists profiles of some shards, in order of id, behind one of them; not those that went up in
   * others. Fewer than the limit mean that there are no more.
   *
   * @param by the plan by which they should be shown
   */
  Future<List<Listed>> list(List<Integer> shards, Id128 after, int limit, long by, long now);

  /**
   * Reads profiles of some shards, in order of id, behind one of them; of those that went up in
   * others only that they did. Fewer than the limit mean that there are no more.
   */
  Future<List<StoredProfile>> readBehind(List<Integer> shards, Id128 after, int limit);

  /** Reads some profiles, as far as they are stored. */
  Future<List<StoredProfile>> read(Collection<Id128> ids);

  /** Reads profiles of some shards that are due, in order of id, behind one of them. */
  Future<List<StoredProfile>> readDue(List<Integer> shards, Id128 after, int limit, long now);

  /**
   * Stores profiles together with how far they have come: both or neither. A failure may mean that
   * it happened all the same.
   *
   * @param positions by shard; empty where there is more to come before it is true
   */
  Future<Void> save(List<Line> lines, Map<Integer, Long> positions);

  Future<Void> close();
}
