package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.DeadLetterMessage.DeadLetters;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.DeadLetterMessage.Retried;
import io.marquetry.bus.DeadLetterMessage.RetryLetters;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Counts;
import io.marquetry.bus.IngestMessage.EventsOf;
import io.marquetry.bus.IngestMessage.FoundEvents;
import io.marquetry.bus.IngestMessage.GetCounts;
import io.marquetry.bus.IngestMessage.GetEventsOf;
import io.marquetry.bus.IngestMessage.GetLogStatus;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.Order;
import io.marquetry.bus.IngestMessage.QueryEvents;
import io.marquetry.bus.IngestMessage.ReadLog;
import io.marquetry.bus.IngestMessage.Stored;
import io.marquetry.bus.SystemMessage.Done;

/** What is asked of ingest, and what it publishes. */
interface IngestAddresses {
  /** Makes events durable and applies them. */
  Ask<Accept, Accepted> ACCEPT = new Ask<>("ingest.cmd.accept", Accept.class, Accepted.class, SLOW);

  /** Puts an order in the log and carries it out. */
  Ask<Order, Done> ORDER = new Ask<>("ingest.cmd.order", Order.class, Done.class, SLOW);

  Ask<GetEventsOf, EventsOf> EVENTS_OF =
      new Ask<>("ingest.qry.events-of", GetEventsOf.class, EventsOf.class, SLOW);

  Ask<GetLogStatus, LogStatus> LOG_STATUS =
      new Ask<>("ingest.qry.status", GetLogStatus.class, LogStatus.class, FAST);

  /** Reads in the log, for whoever works on its past. */
  Ask<ReadLog, LogPage> READ_LOG = new Ask<>("ingest.qry.log", ReadLog.class, LogPage.class, SLOW);

  Ask<GetCounts, Counts> COUNTS =
      new Ask<>("ingest.qry.counts", GetCounts.class, Counts.class, FAST);

  Ask<GetDeadLetters, DeadLetters> DEAD_LETTERS =
      new Ask<>("ingest.qry.deadletters", GetDeadLetters.class, DeadLetters.class, SLOW);

  /** Takes dead letters again. */
  Ask<RetryLetters, Retried> RETRY_LETTERS =
      new Ask<>("ingest.cmd.retry", RetryLetters.class, Retried.class, SLOW);

  Ask<QueryEvents, FoundEvents> QUERY_EVENTS =
      new Ask<>("ingest.qry.events", QueryEvents.class, FoundEvents.class, SLOW);

  Topic<Stored> STORED = new Topic<>("ingest.evt.stored", Stored.class);
}
