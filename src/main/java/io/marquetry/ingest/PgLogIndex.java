package io.marquetry.ingest;

import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.Superseded;
import io.marquetry.kit.Id128;
import io.marquetry.platform.LogSettings.Kafka;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL knows of an event log that is on Kafka: which messages are in it, how far that is
 * complete in each partition, and who may write.
 *
 * <p>Messages and offsets are stored in one transaction, so after whatever happened the records
 * behind the stored offsets are exactly those whose messages may be missing here.
 */
final class PgLogIndex {
  /** Positions in a stretch, as a power of two: how far a reader may have to look. */
  private static final int STRETCH_BITS = 12;

  /**
   * How far a new writer begins behind every position known. An older one may have one batch on its
   * way of which nothing is known; it must not reach so far.
   */
  static final long LEAP = 1 << 20;

  private static final String FENCE =
      """
      insert into checkpoint (component, shard, position) values ('log-writer', 0, 1)
      on conflict (component, shard) do update set position = checkpoint.position + 1
      """;

  /** The newest row of each partition. */
  private static final String NEWEST =
      """
      select p, newest.position, newest.next_offset from generate_series(0, $2 - 1) p
        cross join lateral (
          select position, next_offset from log_offset
            where topic = $1 and partition = p order by stretch desc limit 1) newest
      """;

  /** A statement of its own, so that it sees what the one before had to wait for. */
  private static final String BEGIN =
      """
      update checkpoint set position = $3 + greatest(
        (select max(position) from checkpoint),
        (select coalesce(max(position), 0) from (%s) known),
        (select coalesce(max(position), 0) from event_log))
      where component = 'log-writer' and shard = 0
      returning position, (select coalesce(max(position), 0) from event_log)
      """
          .formatted(NEWEST);

  /** Where a position stands, or a little before. */
  private static final String FIND =
      """
      select p, before.position, before.next_offset from generate_series(0, $2 - 1) p
        cross join lateral (
          select position, next_offset from log_offset
            where topic = $1 and partition = p and stretch <= $3 and position <= $4
            order by stretch desc limit 1) before
      """;

  private static final String KNOWN = "select message from message_seen where message = any($1)";

  private static final String COMMIT =
      """
      with writer as (
        select 1 from checkpoint
          where component = 'log-writer' and shard = 0 and position = $1 for share),
      remembered as (
        insert into message_seen (message, seen, body)
        select message, $3, body from unnest($2::uuid[], $9::bigint[]) t (message, body)
          where exists (select from writer)
        on conflict do nothing),
      reached as (
        insert into log_offset (topic, partition, stretch, position, next_offset)
        select $4, partition, position >> $5, position, next_offset
          from unnest($6::int[], $7::bigint[], $8::bigint[]) t (partition, position, next_offset)
          where exists (select from writer)
        on conflict (topic, partition, stretch) do update set
          position = excluded.position, next_offset = excluded.next_offset)
      select 1 from writer
      """;

  /** The last row before what the topic still holds stays, to begin from. */
  private static final String FORGET =
      """
      delete from log_offset old using log_offset newer
        where old.topic = $1 and old.partition = $2 and newer.topic = $1 and newer.partition = $2
          and newer.stretch > old.stretch and newer.next_offset <= $3
      """;

  private final Pool pool;
  private final String topic;

  /** A place in a partition: what is before the offset has positions up to this one. */
  record Mark(long position, long offset) {}

  /**
   * A message that is in the log.
   *
   * @param body what it says, see {@link io.marquetry.ingest.core.ContentHash}; null where that is
   *     not known any more
   */
  record Message(UUID id, @Nullable Long body) {}

  /**
   * A writer's beginning.
   *
   * @param position behind every one that was ever given out; names the writer
   * @param lastRow the last position in the log that was kept in PostgreSQL before, 0 for none
   */
  record Beginning(long position, long lastRow) {}

  PgLogIndex(Pool pool, Kafka settings) {
    this.pool = pool;
    topic = KafkaTopics.events(settings);
  }

  /**
   * Waits until what an earlier writer commits is through, and lets no later one of its through.
   */
  Future<Beginning> fence(int partitions) {
    return pool.withTransaction(
        connection ->
            connection
                .query(FENCE)
                .execute()
                .compose(
                    fenced ->
                        connection.preparedQuery(BEGIN).execute(Tuple.of(topic, partitions, LEAP)))
                .map(PgLogIndex::beginning));
  }

  private static Beginning beginning(RowSet<Row> rows) {
    var row = rows.iterator().next();
    return new Beginning(row.getLong(0), row.getLong(1));
  }

  /** How far each partition is indexed; one that is missing is not indexed at all. */
  Future<Map<Integer, Mark>> newest(int partitions) {
    return pool.preparedQuery(NEWEST).execute(Tuple.of(topic, partitions)).map(PgLogIndex::marks);
  }

  /** Where to begin to read for what is behind a position; from the start where it is missing. */
  Future<Map<Integer, Mark>> find(long position, int partitions) {
    return pool.preparedQuery(FIND)
        .execute(Tuple.of(topic, partitions, position >> STRETCH_BITS, position))
        .map(PgLogIndex::marks);
  }

  private static Map<Integer, Mark> marks(RowSet<Row> rows) {
    var marks = new HashMap<Integer, Mark>();
    rows.forEach(row -> marks.put(row.getInteger(0), new Mark(row.getLong(1), row.getLong(2))));
    return marks;
  }

  /** Those of some messages that are in the log. */
  Future<Set<UUID>> known(Collection<UUID> messages) {
    return pool.preparedQuery(KNOWN)
        .execute(Tuple.of((Object) messages.toArray(UUID[]::new)))
        .map(
            rows -> {
              Set<UUID> known = HashSet.newHashSet(rows.size());
              rows.forEach(row -> known.add(row.getUUID(0)));
              return known;
            });
  }

  /**
   * Stores what was written to Kafka, with counts and letters.
   *
   * @param writer the position it began with
   * @param reached how far each partition that was written to is complete with it
   */
  Future<Void> commit(
      long writer,
      List<Message> messages,
      LocalDate day,
      Map<Integer, Mark> reached,
      Batch beside) {
    if (beside.counts().isEmpty() && beside.deadLetters().isEmpty()) {
      return pool.withConnection(connection -> index(connection, writer, messages, day, reached));
    }
    return pool.withTransaction(
        connection ->
            PgEventLog.keepAside(connection, beside)
                .compose(kept -> index(connection, writer, messages, day, reached)));
  }

  private Future<Void> index(
      SqlConnection connection,
      long writer,
      List<Message> messages,
      LocalDate day,
      Map<Integer, Mark> reached) {
    if (reached.isEmpty()) {
      return Future.succeededFuture();
    }
    var partitions = new Integer[reached.size()];
    var positions = new Long[reached.size()];
    var offsets = new Long[reached.size()];
    int i = 0;
    for (var entry : reached.entrySet()) {
      partitions[i] = entry.getKey();
      positions[i] = entry.getValue().position();
      offsets[i++] = entry.getValue().offset();
    }
    var values =
        Tuple.of(
                writer,
                messages.stream().map(Message::id).toArray(UUID[]::new),
                day,
                topic,
                STRETCH_BITS)
            .addArrayOfInteger(partitions)
            .addArrayOfLong(positions)
            .addArrayOfLong(offsets)
            .addArrayOfLong(messages.stream().map(Message::body).toArray(Long[]::new));
    return connection
        .preparedQuery(COMMIT)
        .execute(values)
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw new Superseded();
              }
              return null;
            });
  }

  /** Forgets places that the topic no longer holds. */
  Future<Void> forget(int partition, long firstOffset) {
    return pool.preparedQuery(FORGET).execute(Tuple.of(topic, partition, firstOffset)).mapEmpty();
  }

  static UUID uuid(Id128 id) {
    return new UUID(id.high(), id.low());
  }
}
