package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogueAt;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.ReplayDecision;
import io.marquetry.bus.DecisionLogMessage.Replayed;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.decisioning.core.DecisionPlan;
import io.marquetry.decisioning.core.Replay;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** Decides again what the log says was decided, by the definitions of then or of now. */
final class Replays {
  private final Bus bus;
  private final Function<QueryDecisions, Future<Decisions>> log;
  private final Decider decider;
  private final Replay replay = new Replay();

  /**
   * @param log answers with logged decisions
   * @param decider knows by what is decided now
   */
  Replays(Bus bus, Function<QueryDecisions, Future<Decisions>> log, Decider decider) {
    this.bus = bus;
    this.log = log;
    this.decider = decider;
  }

  Future<Replayed> replay(ReplayDecision asked) {
    return log.apply(new QueryDecisions(asked.decision(), null, null, null, null, null, null, 1))
        .map(Replays::found)
        .compose(
            record ->
                definitions(record).map(catalogue -> replay(record, catalogue, asked.byCurrent())));
  }

  private static DecisionRecord found(Decisions decisions) {
    if (decisions.decisions().isEmpty()) {
      throw new Refused(Reason.NOT_FOUND, "decisionId", "there is no such decision");
    }
    var record = decisions.decisions().getFirst();
    var obstacle = Replay.obstacle(record);
    if (obstacle != null) {
      throw new Refused(
          Reason.CONFLICT, "decisionId", "this decision cannot be made again: " + obstacle);
    }
    return record;
  }

  private Future<Catalogue> definitions(DecisionRecord record) {
    var current = decider.catalogue();
    return current.version().equals(record.definitions())
        ? Future.succeededFuture(current)
        : bus.ask(Addresses.CATALOGUE_AT, new GetCatalogueAt(record.definitions()));
  }

  private Replayed replay(DecisionRecord record, Catalogue catalogue, boolean byCurrent) {
    var then = DecisionPlan.of(catalogue, Replay.tables(record));
    var counterfactuals = replay.counterfactuals(then, record);
    if (!byCurrent) {
      var choices = replay.decide(then, record);
      boolean identical = choices.equals(record.choices());
      return new Replayed(
          record, catalogue.version(), choices, identical, List.of(), counterfactuals);
    }
    var now = DecisionPlan.of(decider.catalogue(), decider.tables());
    var again = replay.decide(then, now, record);
    return new Replayed(
        record,
        now.version(),
        again.choices(),
        again.choices().equals(record.choices()),
        again.unknown(),
        counterfactuals);
  }
}
