package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.HashMap;
import java.util.Map;

/**
 * How far each shard of an owner has come in the log, in memory and in the store.
 *
 * <p>Design note: kept by shard, because another number of instances next time gives an owner
 * shards that stand apart. Events come in the order of the log for all shards of an owner together,
 * so a shard that nothing happened in stands where the others do; were it left behind, the log
 * would be read from its beginning at every start.
 */
final class Positions {
  private final Ownership ownership;
  private final long[] applied = new long[Shards.COUNT];
  private final long[] stored = new long[Shards.COUNT];
  private long newest;

  Positions(Ownership ownership) {
    this.ownership = ownership;
  }

  void restore(Map<Integer, Long> positions) {
    positions.forEach(
        (shard, position) -> {
          applied[shard] = position;
          stored[shard] = position;
        });
  }

  boolean includes(Id128 profile, long position) {
    return position <= applied[Shards.of(profile)];
  }

  void reached(Id128 profile, long position) {
    int shard = Shards.of(profile);
    applied[shard] = Math.max(applied[shard], position);
    newest = Math.max(newest, position);
  }

  /** A batch is done: whoever had no event in it has come as far. */
  void level() {
    for (int shard = ownership.instance(); shard < Shards.COUNT; shard += ownership.instances()) {
      applied[shard] = Math.max(applied[shard], newest);
    }
  }

  boolean isAnyNew() {
    for (int shard = ownership.instance(); shard < Shards.COUNT; shard += ownership.instances()) {
      if (applied[shard] > stored[shard]) {
        return true;
      }
    }
    return false;
  }

  /** The newest position applied, by shard. */
  Map<Integer, Long> cut() {
    var cut = new HashMap<Integer, Long>();
    for (int shard = ownership.instance(); shard < Shards.COUNT; shard += ownership.instances()) {
      cut.put(shard, applied[shard]);
    }
    return cut;
  }

  void saved(Map<Integer, Long> positions) {
    positions.forEach((shard, position) -> stored[shard] = position);
  }

  /** What is stored of every shard. */
  long checkpoint() {
    long least = Long.MAX_VALUE;
    for (int shard = ownership.instance(); shard < Shards.COUNT; shard += ownership.instances()) {
      least = Math.min(least, stored[shard]);
    }
    return least;
  }
}
