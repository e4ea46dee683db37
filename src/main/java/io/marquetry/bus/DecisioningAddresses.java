package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.ExposuresReported;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.Removed;
import io.marquetry.bus.DecisionLogMessage.ReplayDecision;
import io.marquetry.bus.DecisionLogMessage.Replayed;
import io.marquetry.bus.DecisionLogMessage.RunRetention;
import io.marquetry.bus.DecisioningMessage.CacheState;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.GetCache;
import io.marquetry.bus.DecisioningMessage.VisitorsChanged;
import io.marquetry.bus.SystemMessage.Done;
import java.time.Duration;

/** What is asked of decisioning, and what it publishes. */
interface DecisioningAddresses {
  /** By owner. */
  Ask<Decide, Decided> DECIDE =
      new Ask<>("decisioning.qry.decide", Decide.class, Decided.class, Duration.ofMillis(250));

  /** Served by one instance, which owns the decision log. */
  Ask<QueryDecisions, Decisions> QUERY_DECISIONS =
      new Ask<>("decisioning.qry.log", QueryDecisions.class, Decisions.class, SLOW);

  /** Notes what was shown; once it is found in the log, {@link #EXPOSED} tells of it. */
  Ask<Exposed, Done> EXPOSE = new Ask<>("decisioning.cmd.expose", Exposed.class, Done.class, FAST);

  Topic<ExposuresReported> EXPOSED =
      new Topic<>("decisioning.evt.exposed", ExposuresReported.class);

  /** Served by whoever owns the decision log. */
  Ask<GetCoverage, Coverage> COVERAGE =
      new Ask<>("decisioning.qry.coverage", GetCoverage.class, Coverage.class, SLOW);

  /** Served by whoever owns the decision log. */
  Ask<RunRetention, Removed> RUN_RETENTION =
      new Ask<>("decisioning.cmd.retention", RunRetention.class, Removed.class, SLOW);

  /** By owner. */
  Ask<GetCache, CacheState> CACHE =
      new Ask<>("decisioning.qry.cache", GetCache.class, CacheState.class, SLOW);

  /** Decides again what the log says was decided. */
  Ask<ReplayDecision, Replayed> REPLAY_DECISION =
      new Ask<>("decisioning.qry.replay", ReplayDecision.class, Replayed.class, SLOW);

  Topic<DecisionsMade> DECISIONS_MADE = new Topic<>("decisioning.evt.decided", DecisionsMade.class);

  /** For whoever shows decisions to visitors and wants to show them anew. */
  Topic<VisitorsChanged> VISITORS_CHANGED =
      new Topic<>("decisioning.evt.visitors-changed", VisitorsChanged.class);
}
