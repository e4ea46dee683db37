package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where profiles are kept, with how far in the log their states have come. */
interface ProfileStore {
  /**
   * One profile, made ready to be stored.
   *
   * @param due when time alone may change its memberships, {@link Long#MAX_VALUE} for never
   * @param mergedInto the profile it went up in
   * @param state as UTF-8 JSON
   */
  record Line(
      Id128 profile,
      String site,
      int shard,
      long position,
      long due,
      @Nullable Id128 mergedInto,
      Buffer state) {}

  /** The positions stored, by shard. */
  Future<Map<Integer, Long>> checkpoint();

  /** Reads every profile of some shards; of those that went up in another only that they did. */
  Future<Void> readAll(List<Integer> shards, Consumer<StoredProfile> reader);

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
