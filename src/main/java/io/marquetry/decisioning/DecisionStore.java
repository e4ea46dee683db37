package io.marquetry.decisioning;

import io.marquetry.bus.DecisioningMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.QueryDecisions;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.List;

/** Where the decision log goes. */
interface DecisionStore {

  /** Makes room for today and the days to come. */
  Future<Void> prepareDays(LocalDate today);

  /** Stores decisions; one that is stored already is passed over. */
  Future<Void> append(List<DecisionRecord> decisions);

  /** Decisions by what is asked, newest first. */
  Future<List<DecisionRecord>> query(QueryDecisions asked);

  Future<Void> close();
}
