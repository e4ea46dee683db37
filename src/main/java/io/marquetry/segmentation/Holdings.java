package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.segmentation.ProfileStore.Listed;
import io.marquetry.segmentation.core.Moment;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Supplier;

/**
 * What one instance works on: the profiles of some shards, in memory and in the store.
 *
 * @param vertx on whose loop it works
 */
record Holdings(
    Vertx vertx,
    ProfileOwner owner,
    ProfileStore store,
    List<Integer> shards,
    Supplier<Moment> clock) {
  /** Nobody comes before this in the order of ids. */
  static final Id128 FIRST = new Id128(0, 0);

  Moment moment() {
    return clock.get();
  }

  long now() {
    return moment().now();
  }

  boolean mayWork() {
    return owner.mayWork(moment());
  }

  /** As {@link ProfileStore#list}: whom of these shards, by the plan that is effective now. */
  Future<List<Listed>> list(Id128 after, int limit) {
    return store.list(shards, after, limit, owner.plan().shownBy(), now());
  }

  /** As {@link ProfileStore#readBehind}, of these shards. */
  Future<List<StoredProfile>> readBehind(Id128 after, int limit) {
    return store.readBehind(shards, after, limit);
  }
}
