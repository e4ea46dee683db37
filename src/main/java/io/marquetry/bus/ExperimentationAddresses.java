package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.DecisionLogMessage.RunRetention;
import io.marquetry.bus.DecisioningMessage.Allocations;
import io.marquetry.bus.DecisioningMessage.GetAllocations;
import io.marquetry.bus.ExperimentationMessage.EvaluatePolicy;
import io.marquetry.bus.ExperimentationMessage.GetBandit;
import io.marquetry.bus.ExperimentationMessage.GetBanditHistory;
import io.marquetry.bus.ExperimentationMessage.Purged;
import io.marquetry.bus.ExperimentationMessage.Report;

/** What is asked of experimentation, and what it publishes. */
interface ExperimentationAddresses {
  Ask<GetAllocations, Allocations> GET_ALLOCATIONS =
      new Ask<>("experimentation.qry.allocations", GetAllocations.class, Allocations.class, FAST);

  /** Tables that changed. */
  Topic<Allocations> ALLOCATIONS =
      new Topic<>("experimentation.evt.allocations", Allocations.class);

  Ask<GetBandit, Report> BANDITS =
      new Ask<>("experimentation.qry.bandits", GetBandit.class, Report.class, FAST);

  Ask<GetBanditHistory, Report> BANDIT_HISTORY =
      new Ask<>("experimentation.qry.history", GetBanditHistory.class, Report.class, SLOW);

  /** Removes what bandits keep no longer. */
  Ask<RunRetention, Purged> PURGE_BANDITS =
      new Ask<>("experimentation.cmd.retention", RunRetention.class, Purged.class, SLOW);

  Ask<EvaluatePolicy, Report> EVALUATE_POLICY =
      new Ask<>("experimentation.qry.evaluate", EvaluatePolicy.class, Report.class, SLOW);
}
