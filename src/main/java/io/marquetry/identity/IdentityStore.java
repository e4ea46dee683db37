package io.marquetry.identity;

import io.marquetry.identity.core.Change;
import io.marquetry.identity.core.IdentityGraph;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** The journal of the identity graph, and how far in the log it is complete. */
interface IdentityStore {
  /** Folds the whole journal into a graph; gives the stored position. */
  Future<Long> load(IdentityGraph graph);

  /**
   * Stores what was learnt up to a position, and the position: both or neither. A failure may mean
   * that it happened all the same.
   *
   * @param changes in the order in which they were learnt, those of one event together
   */
  Future<Void> store(List<Change> changes, long position);

  /** Positions of the splits after which both sides have their histories again. */
  Future<Set<Long>> rebuilt();

  /** Notes that both sides of the split at a position have their histories again. */
  Future<Void> rebuilt(long position);

  Future<Void> close();
}
