package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.ingest.EventLog.Batch;
import io.vertx.core.Future;
import java.util.Set;

/** What messages said that are known already. */
interface MessageBodies {
  /** Why an event is turned down that comes under another's message id. */
  String REASON = "message_id_reuse";

  String DETAIL = "another event was taken under this messageId; each needs its own";

  /**
   * Positions of those events of a batch that were not new, and say something else than the one
   * that was taken under their id.
   *
   * @param fresh positions of those that were new
   */
  Future<Set<Long>> reused(Batch batch, Set<Long> fresh);

  /** Whether another event was taken under the id of this one. */
  Future<Boolean> isReused(Event event);
}
