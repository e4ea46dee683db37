package io.marquetry.decisioning;

import io.marquetry.bus.DecisioningMessage.DecisionRecord;
import io.vertx.core.Future;
import java.util.List;

/** Where the decision log goes. */
interface DecisionStore {

  /** Stores decisions; one that is stored already is passed over. */
  Future<Void> append(List<DecisionRecord> decisions);
}
