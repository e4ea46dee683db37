package io.marquetry.experimentation;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.DecisionLogMessage.ExposuresReported;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.experimentation.core.Bandit;
import io.marquetry.experimentation.core.Exposure;
import io.marquetry.follow.ConsentFollower;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Who was shown what by chance, on the way into the store.
 *
 * <p>Decisions are told of as they are logged. What does not fit, and what was on its way when the
 * process died, is not learnt from; since that does not hang on what came of it, nothing is wrongly
 * learnt either.
 */
final class Exposures {
  private final PgBanditStore store;
  private final ConsentFollower consent;
  private final int capacity;
  private List<Exposure> waiting = new ArrayList<>();
  private long shed;
  private long refused;

  Exposures(PgBanditStore store, ConsentFollower consent, int capacity) {
    this.store = store;
    this.consent = consent;
    this.capacity = capacity;
  }

  /** Takes in decisions; those of whom nothing personal may be kept are passed over. */
  void take(DecisionsMade made, Map<String, Bandit> bandits) {
    made.decisions().forEach(decision -> take(Exposure.of(decision, bandits)));
  }

  /** Takes in what callers say they showed. */
  void take(ExposuresReported told, Map<String, Bandit> bandits) {
    told.reported().forEach(one -> take(Exposure.of(one, bandits)));
  }

  private void take(List<Exposure> exposures) {
    for (var exposure : exposures) {
      var grant =
          consent
              .view()
              .grant(
                  exposure.site(),
                  Purpose.PERSONALIZATION,
                  List.of(exposure.profile()),
                  false,
                  consent.now());
      if (grant.isEmpty()) {
        refused++;
      } else if (waiting.size() >= capacity) {
        shed++;
      } else {
        waiting.add(exposure);
      }
    }
  }

  /**
   * Stores what waits; it waits again where the store does not take it.
   *
   * @return those of visitors whom that bandit never showed anything before
   */
  Future<List<Exposure>> flush() {
    if (waiting.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    var going = waiting;
    waiting = new ArrayList<>();
    return store
        .expose(going)
        .onFailure(
            failure -> {
              int room = Math.max(0, capacity - waiting.size());
              shed += Math.max(0, going.size() - room);
              waiting.addAll(0, going.subList(0, Math.min(room, going.size())));
            });
  }

  /** Drops what waits of somebody who withdrew their consent. */
  void forget(ConsentRecord record) {
    var keys = new HashSet<>(record.keys());
    waiting.removeIf(exposure -> keys.contains(exposure.profile()));
  }

  int waiting() {
    return waiting.size();
  }

  /** Exposures that found no room. */
  long shed() {
    return shed;
  }

  /** Exposures of visitors who had not agreed, or no longer. */
  long refused() {
    return refused;
  }
}
