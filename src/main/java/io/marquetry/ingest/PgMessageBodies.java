package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.core.ContentHash;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What messages said that are known already, to tell a repetition from another message under the
 * same id. Asked only of messages that turned out to be known, which in normal running are few.
 */
final class PgMessageBodies implements MessageBodies {
  private final Pool pool;

  PgMessageBodies(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Future<Set<Long>> reused(Batch batch, Set<Long> fresh) {
    var known = new ArrayList<Event>();
    for (int i = 0; i < batch.events().size(); i++) {
      if (!fresh.contains(batch.firstPosition() + i)) {
        known.add(batch.events().get(i).event());
      }
    }
    if (known.isEmpty()) {
      return Future.succeededFuture(Set.of());
    }
    return hashes(known)
        .map(
            hashes -> {
              var reused = new HashSet<Long>();
              for (int i = 0; i < batch.events().size(); i++) {
                long position = batch.firstPosition() + i;
                if (!fresh.contains(position) && differs(batch.events().get(i).event(), hashes)) {
                  reused.add(position);
                }
              }
              return reused;
            });
  }

  @Override
  public Future<Boolean> isReused(Event event) {
    return hashes(List.of(event)).map(hashes -> differs(event, hashes));
  }

  /** A message from before hashes were kept is believed to be the same. */
  private static boolean differs(Event event, Map<Id128, Long> hashes) {
    var hash = hashes.get(event.message());
    return hash != null && hash != ContentHash.of(event);
  }

  private Future<Map<Id128, Long>> hashes(List<Event> events) {
    var ids =
        events.stream()
            .map(event -> new UUID(event.message().high(), event.message().low()))
            .toArray(UUID[]::new);
    return pool.preparedQuery(
            "select message, body from message_seen where message = any($1) and body is not null")
        .execute(Tuple.of(ids))
        .map(
            rows -> {
              Map<Id128, Long> hashes = HashMap.newHashMap(rows.size());
              rows.forEach(
                  row -> {
                    var id = row.getUUID(0);
                    hashes.put(
                        new Id128(id.getMostSignificantBits(), id.getLeastSignificantBits()),
                        row.getLong(1));
                  });
              return hashes;
            });
  }
}
